import { expect, test } from "vitest";

import { placeText } from "./place";

test.each([
  ["12 Trần Phú", "Phường 1", "12 Trần Phú, Phường 1"],
  ["12 Trần Phú, Phường 1", "Phường 1", "12 Trần Phú, Phường 1"],
  ["12 Trần Phú, PHUONG 1", "Phường 1", "12 Trần Phú, PHUONG 1"],
  ["Ấp 3, xã Đầm Dơi.", "Xã Đầm Dơi", "Ấp 3, xã Đầm Dơi."],
  ["12 Trần Phú, Phường 11", "Phường 1", "12 Trần Phú, Phường 11, Phường 1"],
  ["Phường 1", "Phường 1", "Phường 1"],
  ["", "Phường 1", "Phường 1"],
  ["12 Trần Phú", "", "12 Trần Phú"],
  ["12 Trần Phú", undefined, "12 Trần Phú"],
])("of %j in %j the place is %j", (address, area, place) => {
  expect(placeText(address, area)).toBe(place);
});
