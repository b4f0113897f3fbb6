import { findPattern } from './match-pattern.ts'
import { showDuration, showTimestamp } from './time.ts'
import { type Budget, CelError, isTagged, NotChecked, noOverload, spend, type Value } from './values.ts'

/** White space as Go has it. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const START = new RegExp(`^${SPACE}`)

/** A text without the white space around it, as Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  const start = text.replace(START, '')
  let end = start.length
  // From the end, since a pattern would try every white space in between.
  while (end > 0 && START.test(start.charAt(end - 1))) end -= 1
  return start.slice(0, end)
}

const LONGEST = 1_000_000

/**
 * A function of strings called as `text.name(args)`, or undefined when there is none of that name. Positions count characters.
 * Source: cel-go ext/strings.go, version 2, and the regular expressions of k8s.io/apiserver.
 */
export function stringFunction(name: string, text: string, args: readonly Value[], budget: Budget): Value | undefined {
  spend(budget, Math.ceil(text.length / 20))
  switch (name) {
    case 'contains':
      return text.includes(textArg(args, 1))
    case 'startsWith':
      return text.startsWith(textArg(args, 1))
    case 'endsWith':
      return text.endsWith(textArg(args, 1))
    case 'matches':
      return findPattern(textArg(args, 1), [...text], 0, budget) !== undefined
    case 'find':
      return find(text, textArg(args, 1), budget)
    case 'findAll':
      return { type: 'list', items: findAll(text, args, budget) }
    case 'lowerAscii':
      return none(
        args,
        text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
      )
    case 'upperAscii':
      return none(
        args,
        text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
      )
    case 'trim':
      return none(args, trimSpace(text))
    case 'charAt':
      return charAt([...text], intArg(args, 0, 1))
    case 'substring':
      return substring([...text], args)
    case 'indexOf':
      return indexOf([...text], args)
    case 'lastIndexOf':
      return lastIndexOf([...text], args)
    case 'replace':
      return replace(text, args)
    case 'split':
      return { type: 'list', items: split(text, args) }
    case 'format':
      return format(text, args, budget)
    default:
      return undefined
  }
}

function none(args: readonly Value[], value: Value): Value {
  return args.length === 0 ? value : noOverload('too many arguments')
}

function textArg(args: readonly Value[], count: number, at = 0): string {
  const value = args[at]
  return args.length === count && typeof value === 'string' ? value : noOverload('no string')
}

function intArg(args: readonly Value[], at: number, count: number): number {
  const value = args[at]
  return args.length === count && typeof value === 'bigint' ? Number(value) : noOverload('no int')
}

function find(text: string, pattern: string, budget: Budget): string {
  const letters = [...text]
  const found = findPattern(pattern, letters, 0, budget)
  return found === undefined ? '' : letters.slice(found.start, found.end).join('')
}

/** Matches that do not overlap; an empty one right behind another is none. Source: Go's regexp.FindAllString. */
function findAll(text: string, args: readonly Value[], budget: Budget): readonly string[] {
  const pattern = args[0]
  const most = args.length === 1 ? -1n : args[1]
  if (typeof pattern !== 'string' || typeof most !== 'bigint' || args.length > 2) return noOverload('findAll')
  const letters = [...text]
  const items: string[] = []
  let behind = -1
  for (let at = 0; at <= letters.length && (most < 0n || BigInt(items.length) < most); ) {
    const found = findPattern(pattern, letters, at, budget)
    if (found === undefined) break
    const isEmpty = found.end === found.start
    if (!isEmpty || found.start !== behind) items.push(letters.slice(found.start, found.end).join(''))
    behind = found.end
    at = found.end > at ? found.end : at + 1
  }
  return items
}

function charAt(letters: readonly string[], at: number): string {
  if (at < 0 || at > letters.length) throw new CelError(`index out of range: ${at}`)
  return letters[at] ?? ''
}

function substring(letters: readonly string[], args: readonly Value[]): string {
  const start = intArg(args, 0, args.length === 2 ? 2 : 1)
  const end = args.length === 2 ? intArg(args, 1, 2) : letters.length
  if (start < 0 || end > letters.length || start > letters.length || end < 0 || start > end) {
    throw new CelError('index out of range')
  }
  return letters.slice(start, end).join('')
}

function indexOf(letters: readonly string[], args: readonly Value[]): bigint {
  const wanted = [...textArg(args, args.length === 2 ? 2 : 1)]
  const from = args.length === 2 ? intArg(args, 1, 2) : 0
  if (wanted.length === 0) return BigInt(from)
  if (from < 0 || from > letters.length) throw new CelError('index out of range')
  if (from === letters.length && args.length === 2) throw new NotChecked('a search that starts at the end')
  const before = letters.slice(0, from).join('').length
  return characters(letters, letters.join('').indexOf(wanted.join(''), before))
}

function lastIndexOf(letters: readonly string[], args: readonly Value[]): bigint {
  const wanted = [...textArg(args, args.length === 2 ? 2 : 1)]
  if (args.length === 2 || wanted.length === 0) throw new NotChecked('lastIndexOf of this form')
  return characters(letters, letters.join('').lastIndexOf(wanted.join('')))
}

/** From JavaScript's positions to those of characters. */
function characters(letters: readonly string[], units: number): bigint {
  return units < 0 ? -1n : BigInt([...letters.join('').slice(0, units)].length)
}

function replace(text: string, args: readonly Value[]): string {
  const [from, to] = args
  if (typeof from !== 'string' || typeof to !== 'string' || args.length > 3) return noOverload('replace')
  const most = args.length === 3 ? intArg(args, 2, 3) : -1
  if (from === '') throw new NotChecked('an empty text replaced')
  const parts = text.split(from)
  const times = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1)
  const size = text.length + times * (to.length - from.length)
  if (size > LONGEST) throw new NotChecked('a text that is too long')
  return [parts.slice(0, times + 1).join(to), ...parts.slice(times + 1)].join(from)
}

function split(text: string, args: readonly Value[]): readonly string[] {
  const by = args[0]
  if (typeof by !== 'string' || args.length > 2) return noOverload('split')
  const most = args.length === 2 ? intArg(args, 1, 2) : -1
  if (most === 0) return []
  // Of an empty text Go makes no items by an empty separator, else one.
  const parts = by === '' ? [...text] : text.split(by)
  if (most < 0 || parts.length <= most) return parts
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]
}

/** `%s` and `%d` of what prints alike everywhere. Throws NotChecked for other clauses. */
function format(text: string, args: readonly Value[], budget: Budget): string {
  const values = args[0]
  if (args.length !== 1 || !isTagged(values) || values.type !== 'list') return noOverload('format')
  let at = 0
  const printed = text.replace(/%(.)?/gsu, (_, clause: string | undefined) => {
    if (clause === '%') return '%'
    const value = values.items[at]
    at += 1
    if (value === undefined) throw new CelError('index out of range')
    if (clause === 's') return shown(value)
    if (clause === 'd' && typeof value === 'bigint') return String(value)
    throw new NotChecked('a format')
  })
  spend(budget, Math.ceil(printed.length / 20))
  return printed
}

function shown(value: Value): string {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (isTagged(value) && value.type === 'timestamp') return showTimestamp(value.nanos)
  if (isTagged(value) && value.type === 'duration') return showDuration(value.nanos)
  if (isTagged(value) && value.type === 'list') return `[${value.items.map(shown).join(', ')}]`
  throw new NotChecked('a format')
}

/** Adds texts. Throws NotChecked beyond a million characters. */
export function joined(parts: readonly string[], by = ''): string {
  const size = parts.reduce((sum, part) => sum + part.length + by.length, 0)
  if (size > LONGEST) throw new NotChecked('a text that is too long')
  return parts.join(by)
}
