import type { JsonObject, JsonValue } from '../../src/util/json.ts'

/** Expressions that hold for a value of a schema, here and on the API server. */
export type Held = {
  readonly name: string
  readonly value: JsonValue
  readonly schema: JsonObject
  readonly rules: readonly string[]
}

/** Functions that API servers of 1.34 have only for expressions they have stored before. */
export const NEWER_FUNCTIONS = /\.(distinct|reverse|slice)\(/

export const HELD: readonly Held[] = [
  {
    name: 'numbers',
    value: 5,
    schema: { type: 'integer' },
    rules: [
      'self + 2 == 7 && self - 6 == -1 && -self == -5',
      'self / 2 == 2 && -self / 2 == -2 && -self % 3 == -2',
      'dyn(self) == 5.0 && self < 5.5 && self in [1, 5]',
      'double(self) / 2.0 == 2.5 && int(2.9) == 2 && string(self) == "5"',
      'uint(self) == 5u && type(self) == int && type(dyn(1.5)) == double',
      'self > 3 ? true : 1 / 0 == 1',
      '1 / 0 == 1 || true',
      '!(1 / 0 == 1 && false)',
      'string(1.5) == "1.5" && string(0.00001) == "1e-05" && string(2.0) == "2"',
      'bool("true") && int("-7") == -7 && double("1.5") == 1.5',
    ],
  },
  {
    name: 'strings',
    value: '😀éa-b',
    schema: { type: 'string', maxLength: 10 },
    rules: [
      'self.size() == 5 && size(self) == 5',
      'self.charAt(1) == "é" && self.substring(1, 3) == "éa" && self.substring(4) == "b"',
      'self.indexOf("b") == 4 && self.lastIndexOf("a") == 2 && self.indexOf("x") == -1 && self.indexOf("b", 2) == 4',
      'self.endsWith("b") && "abb".replace("b", "cc") == "acccc" && "abb".replace("b", "c", 1) == "acb" && self.contains("éa") && self.startsWith("😀")',
      'self.split("a").size() == 2 && "a,b,c".split(",", 2)[1].size() == 3',
      '"AbÉ".lowerAscii() == "abÉ" && "aé".upperAscii() == "Aé" && "\\t a ".trim() == "a"',
      '"x%sy%d%%".format(["a", 1]) == "xay1%"',
      '"a" < "b" && "a" < "aa" && "Z" < "a" && "\\uFFFF" < "😀"',
      'bytes("é") == b"\\xc3\\xa9" && string(b"abc") == "abc" && size(bytes("é")) == 2',
    ],
  },
  {
    name: 'patterns',
    value: 'abbc12',
    schema: { type: 'string', maxLength: 10 },
    rules: [
      'self.matches("b+c") && !self.matches("^b")',
      'self.matches("^a(b|x)*c?\\\\d{2}$") && self.matches(r"^\\w+$")',
      'self.matches("(?i)ABBC") && self.matches("[[:digit:]]{2}") && self.matches("a.b|zz")',
      'self.find("b+") == "bb" && self.find("b+?") == "b" && self.find("z") == ""',
      'self.findAll("[a-c]") == ["a", "b", "b", "c"] && self.findAll("\\\\d", 1) == ["1"]',
      '"abc".findAll("x*") == ["", "", "", ""] && "baac".findAll("a*") == ["", "aa", ""]',
      '"a\\nb".matches("^a$") == false && "a\\nb".matches("(?m)^b$") && "é".matches("^\\\\pL$")',
      '"a-b]".matches("^[]a-]") && "x{1".matches("x{1") && "a|b".matches("\\\\|")',
    ],
  },
  {
    name: 'lists',
    value: [1, 2, 3],
    schema: { type: 'array', maxItems: 3, items: { type: 'integer' } },
    rules: [
      'self.all(x, x > 0) && self.exists(x, x == 2) && self.exists_one(x, x == 3)',
      'self.map(x, x * 2) == [2, 4, 6] && self.map(x, x > 1, x) == [2, 3] && self.filter(x, x != 2) == [1, 3]',
      'self.sum() == 6 && self.min() == 1 && self.max() == 3 && self.isSorted() && self.indexOf(3) == 2',
      'self + [4] == [1, 2, 3, 4] && self[0] == 1 && size(self) == 3 && 2 in self',
      'self.all(i, v, v == i + 1) && self.transformList(i, v, i * v) == [0, 2, 6] && self.exists(i, v, i == v - 1)',
      '{"a": 1}["a"] == 1 && "a" in {"a": 1} && {"a": 1} == {"a": 1} && {"a": 1}.all(k, k == "a")',
      'sets.contains(self, [1, 1]) && sets.equivalent(self, [3, 2, 1]) && !sets.intersects(self, [4])',
      'self[?5].orValue(9) == 9 && self[?0].hasValue() && optional.none().or(optional.of(1)).value() == 1',
      '[1, 2, 2].distinct() == [1, 2] && self.reverse() == [3, 2, 1] && self.slice(1, 2) == [2] && self.lastIndexOf(7) == -1',
      'optional.of(3).optMap(x, x + 1).value() == 4 && self.exists(x, 1 / (x - 1) > 5 || x == 2)',
    ],
  },
  {
    name: 'times',
    value: '2026-02-28T23:59:29.5Z',
    schema: { type: 'string', format: 'date-time' },
    rules: [
      'self.getFullYear() == 2026 && self.getMonth() == 1 && self.getDayOfMonth() == 27 && self.getDate() == 28',
      'self.getDayOfWeek() == 6 && self.getDayOfYear() == 58 && self.getHours() == 23 && self.getMilliseconds() == 500',
      'self + duration("1m") == timestamp("2026-03-01T00:00:29.5Z") && string(self) == "2026-02-28T23:59:29.5Z"',
      'self - timestamp("2026-02-28T23:59:29Z") == duration("500ms") && string(duration("1h1.5s")) == "3601.5s"',
      'duration("-90m").getHours() == -1 && int(self) == 1772323169 && self > timestamp("1969-12-31T00:00:00Z")',
      'quantity("1.5Gi").isGreaterThan(quantity("1500M")) && quantity("100m").compareTo(quantity("0.1")) == 0',
      'quantity("1").add(quantity("500m")).sub(1).compareTo(quantity("0.5")) == 0 && !isQuantity("1 Gi")',
      'isIP("::1") && ip("::1").isLoopback() && !isIP("1.2.3.04") && cidr("10.0.0.0/8").containsIP("10.9.9.9")',
      'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && isCIDR("::/0") && cidr("fe80::/10").prefixLength() == 10',
      'url("https://a.b:8443/p?x=1&x=2").getQuery()["x"] == ["1", "2"] && url("https://a.b:8443/p").getHost() == "a.b:8443"',
    ],
  },
  {
    name: 'texts',
    value: ['x', 'y'],
    schema: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } },
    rules: [
      'self.join("-") == "x-y" && self.join() == "xy"',
      'self.max() == "y" && self.isSorted() && self.map(x, x + "!")[1] == "y!"',
    ],
  },
]
