import { expect, test } from "vitest";

import { found } from "./finding";

const MARKET = { id: "cho-an-binh", name: "Chợ Đầm Dơi", detail: "12 Trần Phú" };
const SHOP = { id: "nha-27", name: "Nhà phố 27", detail: "" };

test.each([
  ["dam doi", [MARKET]],
  ["Đầm", [MARKET]],
  ["phu cho", [MARKET]],
  ["nha-27", [SHOP]],
  ["  ", [MARKET, SHOP]],
  ["xyz", []],
])("%j finds what has all of its words", (typed, expected) => {
  expect(found([MARKET, SHOP], typed)).toEqual(expected);
});
