"""aiomqtt's client, opened in a thread of its own to an address that was found before."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self, TypeVar, cast

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

from runtime.host_names import HostNames
from runtime.mqtt_message import MqttMessage
from runtime.own_thread import start_in_own_thread
from runtime.read_ahead import ReadAheadSocket

ADDRESS_TIMEOUT_S = 5.0
"""Seconds for the last or only address; half of it for each before."""


SESSION_TAKEN_OVER = 0x8E
"""The reason of a DISCONNECT for a client whose id another one uses (MQTT 5.0, 3.14.2.1)."""

T = TypeVar("T")

EarlyMessages = Callable[[], Iterable[tuple[str, bytes]]]
"""Returns topics and messages that are published before the broker has accepted the connection."""


class BrokerClient(aiomqtt.Client):
    """A client whose connection waits for no name server and shares no thread.

    aiomqtt connects in the threads that asyncio keeps for everybody, and resolves the name there. paho
    takes 20 us for each message, most of it to ask for a byte, a length and a body: messages that are
    there as a whole are taken past it, and everything else is left to it. The messages of *early* are
    published without waiting for the broker's word.
    """

    def __init__(
        self, host: str, port: int, *, names: HostNames, early: EarlyMessages, **options: Any
    ) -> None:
        super().__init__(host, port, **options)
        self._early = early
        self._names = names
        self._options = tuple(options.get("socket_options") or ())
        is_plain = options.get("tls_params") is None
        # Whole messages are read as MQTT 3.1.1 writes them.
        self._reads_ahead = is_plain and options.get("protocol") is not aiomqtt.ProtocolVersion.V5

    async def __aenter__(self) -> Self:
        """Connect to the broker; raises MqttError."""
        await self._lock.acquire()
        try:
            await self._open_socket()
            for topic, payload in self._early():
                # Right behind the request to connect, as MQTT allows (3.1.1, 3.1.4).
                self._client.publish(topic, payload, qos=1)
            await self._wait_for(self._connected, timeout=None)
        except OSError as error:
            self._names.doubt(self._hostname)
            raise aiomqtt.MqttError(str(error)) from error
        finally:
            if not self._is_connected():
                self._lock.release()
        return self

    def call_when_disconnected(self, call: Callable[[], None]) -> None:
        """Have *call* called when this connection ends."""
        self._disconnected.add_done_callback(lambda _: call())

    async def answer(self, asked: Awaitable[T]) -> T:
        """Return the answer to what was *asked* of the broker; raises MqttError if the connection ends.

        aiomqtt alone would wait out its timeout for it.
        """
        asking = asyncio.ensure_future(asked)
        try:
            await asyncio.wait((asking, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                self.raise_if_disconnected()
            return asking.result()
        finally:
            asking.cancel()

    @property
    def was_taken_over(self) -> bool:
        """Whether the broker ended this connection for another one with the same client id."""
        if not self._disconnected.done() or self._disconnected.cancelled():
            return False
        error = self._disconnected.exception()
        code = getattr(error, "rc", None)
        return getattr(code, "value", code) == SESSION_TAKEN_OVER

    def raise_if_disconnected(self) -> None:
        """Raise MqttError if this connection has ended."""
        if self._disconnected.done():
            raise aiomqtt.MqttError("the connection ended") from self._disconnected.exception()

    def _on_socket_register_write(self, client: paho.Client, userdata: Any, sock: Any) -> None:
        """Have *sock* written to once it takes bytes, unless it is closed by then.

        aiomqtt takes its number now: in the next turn of the event loop it may be that of another file.
        """
        self._loop.call_soon_threadsafe(self._add_writer, client, sock)

    def _add_writer(self, client: paho.Client, sock: Any) -> None:
        if (number := sock.fileno()) >= 0:
            self._loop.add_writer(number, self._write, client)

    def _write(self, client: paho.Client) -> None:
        try:
            client.loop_write()
        except (OSError, ValueError) as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        """Queue *message*, which paho has read."""
        self._put(MqttMessage(message.topic, bytes(message.payload), bool(message.retain)))

    def _put(self, message: MqttMessage) -> None:
        cast("asyncio.Queue[MqttMessage]", self._queue).put_nowait(message)

    def _read_packets(
        self, ahead: ReadAheadSocket, read_one: Callable[[], MQTTErrorCode]
    ) -> MQTTErrorCode:
        """Take the whole messages that wait in *ahead*, or let paho go on with one packet."""
        if vars(self._client)["_in_packet"]["command"]:
            return read_one()  # it has the beginning of a packet
        try:
            if not ahead.wait_for_bytes():
                return MQTTErrorCode.MQTT_ERR_CONN_LOST
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_AGAIN
        except OSError:
            return MQTTErrorCode.MQTT_ERR_CONN_LOST
        if (message := ahead.take_message()) is None:
            return read_one()
        while message is not None:
            self._put(message)
            message = ahead.take_message()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _is_connected(self) -> bool:
        done = self._connected.done() and not self._connected.cancelled()
        return done and self._connected.exception() is None

    async def _open_socket(self) -> None:
        addresses = await self._names.addresses(self._hostname)
        # The name stays with paho, which checks the certificate of the broker against it.
        connect = partial(_connect, addresses, self._port, read_ahead=self._reads_ahead)
        setattr(self._client, "_create_socket_connection", connect)  # noqa: B010 (of paho, private)
        await start_in_own_thread(self._client_connect, f"connect {self._hostname}")
        opened = self._client.socket()
        if isinstance(opened, ReadAheadSocket):
            read_one = vars(type(self._client))["_packet_read"].__get__(self._client)
            read = partial(self._read_packets, opened, read_one)
            setattr(self._client, "_packet_read", read)  # noqa: B010 (of paho, private)
        if isinstance(opened, socket.socket):
            for option in self._options:
                opened.setsockopt(*option)


def _connect(addresses: Sequence[str], port: int, *, read_ahead: bool) -> socket.socket:
    """Return a connection to the first of *addresses* that accepts one; raises OSError."""
    connected = _first_connection(addresses, port)
    return ReadAheadSocket.over(connected) if read_ahead else connected


def _first_connection(addresses: Sequence[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=ADDRESS_TIMEOUT_S / 2)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=ADDRESS_TIMEOUT_S)
