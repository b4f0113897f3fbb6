import type { JsonValue } from '../../util/json.ts'

/** Parsed JSON with the paths of repeated keys (`spec.ports[0].name`), or what Go's decoder would say is wrong. */
export type GoJson =
  | { readonly result: 'parsed'; readonly value: JsonValue; readonly duplicates: readonly string[] }
  | { readonly result: 'broken'; readonly message: string }
  /** An integer that a JavaScript number cannot hold: a real server stores it, this one must not change it silently. */
  | { readonly result: 'unsafe-integer'; readonly path: string }

/** Parses JSON as Go's encoding/json does, errors worded alike. */
export function parseGoJson(text: string): GoJson {
  const scanner = new Scanner(text)
  try {
    scanner.scanDocument()
  } catch (error) {
    if (error instanceof SyntaxError) return { result: 'broken', message: error.message }
    throw error
  }
  const [unsafe] = scanner.unsafe
  if (unsafe !== undefined) return { result: 'unsafe-integer', path: unsafe }
  const value: JsonValue = JSON.parse(text)
  return { result: 'parsed', value, duplicates: scanner.duplicates }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const LITERAL = /true|false|null/y

/** Walks a JSON text once; it lives for one call. */
class Scanner {
  readonly duplicates: string[] = []
  readonly unsafe: string[] = []
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  scanDocument(): void {
    this.#value('', 'looking for beginning of value')
    this.#blanks()
    if (this.#at < this.#text.length) this.#fail('after top-level value')
  }

  #value(path: string, expected: string): void {
    this.#blanks()
    const char = this.#text[this.#at]
    if (char === '{') this.#object(path)
    else if (char === '[') this.#array(path)
    else if (char === '"') this.#token(STRING, 'in string literal')
    else if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) this.#number(path)
    else this.#token(LITERAL, expected)
  }

  #number(path: string): void {
    const literal = this.#token(NUMBER, 'in numeric literal')
    if (/^-?\d+$/.test(literal) && !Number.isSafeInteger(Number(literal))) this.unsafe.push(path)
  }

  #object(path: string): void {
    const keys = new Set<string>()
    this.#at += 1
    this.#blanks()
    if (this.#text[this.#at] === '}') {
      this.#at += 1
      return
    }
    for (;;) {
      this.#blanks()
      if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string')
      const key: unknown = JSON.parse(this.#token(STRING, 'in string literal'))
      const at = path === '' ? String(key) : `${path}.${String(key)}`
      if (keys.has(String(key))) this.duplicates.push(at)
      keys.add(String(key))
      this.#expect(':', 'after object key')
      this.#value(at, 'looking for beginning of value')
      if (!this.#more('}', 'after object key:value pair')) return
    }
  }

  #array(path: string): void {
    this.#at += 1
    this.#blanks()
    if (this.#text[this.#at] === ']') {
      this.#at += 1
      return
    }
    for (let index = 0; ; index++) {
      this.#value(`${path}[${index}]`, 'looking for beginning of value')
      if (!this.#more(']', 'after array element')) return
    }
  }

  /** Steps over a comma (true) or the closing bracket (false). */
  #more(close: string, where: string): boolean {
    this.#blanks()
    const char = this.#text[this.#at]
    if (char !== ',' && char !== close) this.#fail(where)
    this.#at += 1
    return char === ','
  }

  #expect(char: string, where: string): void {
    this.#blanks()
    if (this.#text[this.#at] !== char) this.#fail(where)
    this.#at += 1
  }

  #token(pattern: RegExp, where: string): string {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return this.#fail(where)
    this.#at = pattern.lastIndex
    return match[0]
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #fail(where: string): never {
    const char = this.#text[this.#at]
    if (char === undefined) throw new SyntaxError('unexpected end of JSON input')
    throw new SyntaxError(`invalid character ${char === "'" ? `'\\''` : `'${char}'`} ${where}`)
  }
}
