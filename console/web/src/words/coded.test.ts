import { expect, test } from "vitest";

import type { Schemas } from "../api/client";
import { failureInWords, faultInWords } from "./coded";
import { wordsOf } from "./words";

const FORMS = {
  "fault.not_in_table": ['{field} {name} không có trong bảng "{table}"; hãy sửa tên'],
  "fault.same_code": ["mã {code} trùng với {other}; hãy sửa mã"],
  "fault.no_stages": ["chưa có bước nào; hãy thêm {{after_s = 0}}"],
  "fault.scheme_not_allowed": ["{scheme} không có trong cấu hình"],
  "fault_part.stage": ["bước báo tin {number}"],
  "delivery_fault.answered": ["máy chủ trả lời mã {status}"],
  "reason.not_set_up": ["chưa thiết lập"],
  "table.areas": ["Địa bàn"],
};
const vi = wordsOf("vi", FORMS);

const fault = (code: string, values: Record<string, string>, parts: Schemas["CodedSentence"][] = []) =>
  faultInWords({ error: "English", remedy: "do it", coded: { code, values }, parts }, vi);

test("a fault is said with its remedy, tables and rows by the names that people know", () => {
  expect(fault("not_in_table", { field: "area", name: "'la'", table: "areas" })).toEqual({
    error: "area 'la' không có trong bảng \"Địa bàn\"",
    remedy: "hãy sửa tên",
  });
  expect(fault("same_code", { code: "'1'", other: "areas 'cu'" }).error).toBe(
    "mã '1' trùng với Địa bàn 'cu'",
  );
});

test("the part of the row stands first, and a brace that stands twice is one", () => {
  expect(fault("no_stages", {}, [{ code: "stage", values: { number: "2" } }])).toEqual({
    error: "bước báo tin 2: chưa có bước nào",
    remedy: "hãy thêm {after_s = 0}",
  });
});

test("what has no words here, and English, are the center's own", () => {
  const own = { error: "English", remedy: "do it" };
  expect(fault("of_a_newer_center", {})).toEqual(own);
  expect(faultInWords({ ...own, coded: null }, vi)).toEqual(own);
  const coded = { code: "no_stages", values: {} };
  expect(faultInWords({ ...own, coded }, wordsOf("en", FORMS))).toEqual(own);
});

test("a failure is said by its code, and the words of another system stay", () => {
  const answered = { code: "answered", values: { status: "503" } };
  expect(failureInWords("answered 503", answered, vi)).toBe("máy chủ trả lời mã 503");
  const scheme = { code: "scheme_not_allowed", values: { scheme: "'x'" } };
  expect(failureInWords("the scheme", scheme, vi)).toBe("'x' không có trong cấu hình");
  expect(failureInWords("mailbox full", null, vi)).toBe("mailbox full");
  expect(failureInWords("answered 503", answered, wordsOf("en", FORMS))).toBe("answered 503");
});
