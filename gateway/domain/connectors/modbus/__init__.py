"""Modbus, RTU and TCP: devices are read by their register maps, and never written."""
