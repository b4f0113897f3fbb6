import { NotChecked } from './values.ts'

/** A piece of a regular expression in RE2's syntax. */
export type Pattern =
  | { readonly is: 'char'; readonly test: CharTest }
  | { readonly is: 'all'; readonly parts: readonly Pattern[] }
  | { readonly is: 'any'; readonly parts: readonly Pattern[] }
  | {
      readonly is: 'repeat'
      readonly part: Pattern
      readonly min: number
      readonly max: number
      readonly lazy: boolean
    }
  | { readonly is: 'assert'; readonly what: Assertion }

export type CharTest = (code: number) => boolean
export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary'

type Flags = { readonly i: boolean; readonly s: boolean; readonly m: boolean }
/** Where the parser is. */
type Source = { readonly text: readonly string[]; at: number; depth: number }

/** Parses a regular expression. Throws NotChecked for what is not understood here, valid or not. */
export function parsePattern(text: string): Pattern {
  if (text.length > 2_000) throw new NotChecked('a pattern of more than 2,000 characters')
  const source: Source = { text: [...text], at: 0, depth: 0 }
  const pattern = alternatives(source, { i: false, s: false, m: false }).pattern
  if (source.at < source.text.length) throw unknown()
  return pattern
}

function unknown(): NotChecked {
  return new NotChecked('a pattern that is not understood')
}

/** Flags set inside of a group hold until its end, also in its further alternatives. */
function alternatives(source: Source, given: Flags): { readonly pattern: Pattern } {
  source.depth += 1
  if (source.depth > 50) throw unknown()
  const parts: Pattern[] = []
  let flags = given
  do {
    const sequence = sequenceOf(source, flags)
    flags = sequence.flags
    parts.push(sequence.pattern)
  } while (take(source, '|'))
  source.depth -= 1
  const [only] = parts
  return { pattern: parts.length === 1 && only !== undefined ? only : { is: 'any', parts } }
}

function sequenceOf(source: Source, given: Flags): { readonly pattern: Pattern; readonly flags: Flags } {
  const parts: Pattern[] = []
  let flags = given
  for (let next = peek(source); next !== undefined && next !== '|' && next !== ')'; next = peek(source)) {
    const found = atom(source, flags)
    if ('flags' in found) flags = found.flags
    else parts.push(repeated(source, found))
  }
  return { pattern: { is: 'all', parts }, flags }
}

function repeated(source: Source, part: Pattern): Pattern {
  const range = quantifier(source)
  if (range === undefined) return part
  const lazy = take(source, '?')
  const repeat: Pattern = { is: 'repeat', part, ...range, lazy }
  // RE2 refuses a repetition of a repetition.
  if (quantifier(source) !== undefined) throw unknown()
  return repeat
}

function quantifier(source: Source): { readonly min: number; readonly max: number } | undefined {
  if (take(source, '*')) return { min: 0, max: Infinity }
  if (take(source, '+')) return { min: 1, max: Infinity }
  if (take(source, '?')) return { min: 0, max: 1 }
  const match = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(source.text.slice(source.at, source.at + 12).join(''))
  if (match === null) return undefined
  source.at += match[0].length
  const min = Number(match[1])
  const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3])
  if (min > 1000 || (max !== Infinity && max > 1000) || max < min) throw unknown()
  return { min, max }
}

function atom(source: Source, flags: Flags): Pattern | { readonly flags: Flags } {
  const letter = next(source)
  switch (letter) {
    case '(':
      return group(source, flags)
    case '[':
      return { is: 'char', test: charClass(source, flags) }
    case '.':
      return { is: 'char', test: flags.s ? () => true : (code) => code !== 0x0a }
    case '^':
      return { is: 'assert', what: flags.m ? 'line-start' : 'start' }
    case '$':
      return { is: 'assert', what: flags.m ? 'line-end' : 'end' }
    case '\\':
      return escaped(source, flags)
    case '*':
    case '+':
    case '?':
      throw unknown()
    default:
      return { is: 'char', test: ranges([[code(letter), code(letter)]], flags) }
  }
}

function group(source: Source, flags: Flags): Pattern | { readonly flags: Flags } {
  let inner = flags
  const rest = source.text.slice(source.at, source.at + 60).join('')
  const named = /^\?P?<\w+>/.exec(rest)
  const flagged = /^\?([ims]*)(?:-([ims]+))?([:)])/.exec(rest)
  if (named !== null) source.at += named[0].length
  else if (flagged !== null) {
    source.at += flagged[0].length
    const [, on = '', off = ''] = flagged
    const set = (flag: 'i' | 'm' | 's'): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag)
    inner = { i: set('i'), m: set('m'), s: set('s') }
    if (flagged[3] === ')') return { flags: inner }
  } else if (rest.startsWith('?')) throw unknown()
  const { pattern } = alternatives(source, inner)
  if (!take(source, ')')) throw unknown()
  return pattern
}

function escaped(source: Source, flags: Flags): Pattern {
  const letter = next(source)
  switch (letter) {
    case 'A':
      return { is: 'assert', what: 'start' }
    case 'z':
      return { is: 'assert', what: 'end' }
    case 'b':
      return { is: 'assert', what: 'boundary' }
    case 'B':
      return { is: 'assert', what: 'no-boundary' }
    default: {
      const test = classEscape(source, letter)
      if (test !== undefined) return { is: 'char', test }
      const one = charEscape(source, letter)
      return { is: 'char', test: ranges([[one, one]], flags) }
    }
  }
}

type Range = readonly [low: number, high: number]

const DIGITS: readonly Range[] = [[0x30, 0x39]]
const WORDS: readonly Range[] = [...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]
const SPACES: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
]
const POSIX: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...DIGITS, [0x41, 0x5a], [0x61, 0x7a]],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  digit: DIGITS,
  lower: [[0x61, 0x7a]],
  upper: [[0x41, 0x5a]],
  word: WORDS,
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  xdigit: [...DIGITS, [0x41, 0x46], [0x61, 0x66]],
}

const plain: Flags = { i: false, s: false, m: false }

/** `\d`, `\W`, `\pL`: a set of characters; undefined when the escape is a single one. */
function classEscape(source: Source, letter: string): CharTest | undefined {
  const sets: Readonly<Record<string, readonly Range[]>> = { d: DIGITS, w: WORDS, s: SPACES }
  const set = sets[letter.toLowerCase()]
  if (set !== undefined) {
    const test = ranges(set, plain)
    return letter === letter.toLowerCase() ? test : (one) => !test(one)
  }
  if (letter !== 'p' && letter !== 'P') return undefined
  const match = /^(?:([LNPSZC])|\{(L|Lu|Ll|Lt|Lm|Lo|N|Nd|Nl|No|P|S|Z)\})/.exec(
    source.text.slice(source.at, source.at + 6).join(''),
  )
  const name = match?.[1] ?? match?.[2]
  if (match === null || name === undefined || name === 'C') throw unknown()
  source.at += match[0].length
  const expression = new RegExp(`^\\p{${name}}$`, 'u')
  return (one) => expression.test(String.fromCodePoint(one)) === (letter === 'p')
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

function charEscape(source: Source, letter: string): number {
  const control = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined
  if (control !== undefined) return control
  if (letter === 'x') {
    const match = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(
      source.text.slice(source.at, source.at + 8).join(''),
    )
    const hex = match?.[1] ?? match?.[2]
    if (match === null || hex === undefined || Number.parseInt(hex, 16) > 0x10ffff) throw unknown()
    source.at += match[0].length
    return Number.parseInt(hex, 16)
  }
  // Punctuation stands for itself; other letters and digits are what RE2 refuses, or not known here.
  if (/^[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]$/.test(letter)) return code(letter)
  throw unknown()
}

function charClass(source: Source, flags: Flags): CharTest {
  const negated = take(source, '^')
  const tests: CharTest[] = []
  for (let first = true; first || peek(source) !== ']'; first = false) tests.push(classMember(source, flags))
  source.at += 1
  const matches: CharTest = (one) => tests.some((test) => test(one))
  return negated ? (one) => !matches(one) : matches
}

/** `[:alpha:]`, `\\d`, `a-z` or `a`. */
function classMember(source: Source, flags: Flags): CharTest {
  const posix = /^\[:(\^?)(\w+):\]/.exec(source.text.slice(source.at, source.at + 14).join(''))
  if (posix !== null) {
    const set = POSIX[posix[2] ?? '']
    if (set === undefined) throw unknown()
    source.at += posix[0].length
    const test = ranges(set, flags)
    return posix[1] === '^' ? (one) => !test(one) : test
  }
  const letter = next(source)
  const name = letter === '\\' ? peek(source) : undefined
  if (name === undefined || !/[dwspDWSP]/.test(name)) return ranges([range(source, letter)], flags)
  source.at += 1
  const set = classEscape(source, name)
  if (set === undefined) throw unknown()
  return set
}

function range(source: Source, first: string): Range {
  const low = first === '\\' ? charEscape(source, next(source)) : code(first)
  if (peek(source) !== '-' || source.text[source.at + 1] === ']' || source.text[source.at + 1] === undefined)
    return [low, low]
  source.at += 1
  const last = next(source)
  const high = last === '\\' ? charEscape(source, next(source)) : code(last)
  if (high < low || last === '[') throw unknown()
  return [low, high]
}

function ranges(set: readonly Range[], { i }: Flags): CharTest {
  const within = (one: number): boolean => set.some(([low, high]) => one >= low && one <= high)
  if (!i) return within
  if (set.some(([, high]) => high > 0x7f)) throw unknown()
  return (one) => {
    // The only letters beyond ASCII that fold to one of ASCII.
    const folded = one === 0x212a ? 0x6b : one === 0x17f ? 0x73 : one
    if (within(folded)) return true
    if (folded >= 0x61 && folded <= 0x7a) return within(folded - 32)
    return folded >= 0x41 && folded <= 0x5a && within(folded + 32)
  }
}

function peek(source: Source): string | undefined {
  return source.text[source.at]
}

function next(source: Source): string {
  const letter = source.text[source.at]
  if (letter === undefined) throw unknown()
  source.at += 1
  return letter
}

function take(source: Source, letter: string): boolean {
  if (source.text[source.at] !== letter) return false
  source.at += 1
  return true
}

function code(letter: string): number {
  return letter.codePointAt(0) ?? 0
}
