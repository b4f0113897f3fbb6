import { elementKey, type Path } from '../ssa/path-element.ts'
import { canonicalJson, type JsonValue } from '../util/json.ts'

/**
 * A field path as the operator reads and writes it: `spec.payment.payTo`, `spec.ports[port=80,protocol="TCP"].name`,
 * `metadata.labels["a.b/c"]`, `metadata.finalizers[="x"]`.
 */
export function showPath(path: Path): string {
  return path.map(showElement).join('').replace(/^\./, '')
}

function showElement(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return /^[A-Za-z_$][\w$-]*$/.test(rest) ? `.${rest}` : `[${JSON.stringify(rest)}]`
  if (element.startsWith('i:')) return `[${rest}]`
  const key = elementKey(element)
  if (key === undefined) return `[=${rest}]`
  const parts = Object.keys(key)
    .sort()
    .map((name) => `${name}=${canonicalJson(key[name] ?? null)}`)
  return `[${parts.join(',')}]`
}

/** Brings what an operator typed to the form of `showPath`: no leading dot, double quotes, quoted key values. */
export function normalPath(text: string): string {
  return text
    .trim()
    .replace(/^\./, '')
    .replaceAll("'", '"')
    .replace(/\[([^\]="]+)=([^\]"]*)\]/g, (_, name: string, value: string) => `[${name}=${quoted(value)}]`)
}

function quoted(value: string): string {
  return /^-?\d+(\.\d+)?$|^(true|false|null)$/.test(value) ? value : JSON.stringify(value)
}

/** True when `path` is `of` itself or lies below it; both as `showPath` writes them. */
export function isAtOrBelow(path: string, of: string): boolean {
  if (!path.startsWith(of)) return false
  const next = path.charAt(of.length)
  return next === '' || next === '.' || next === '['
}

/** The path elements of a dotted path of plain field names: `spec.payment.price`. */
export function plainPath(dotted: string): Path {
  return dotted.split('.').map((name) => `f:${name}`)
}

/** A value on one line: JSON, cut in the middle of nothing, at most `max` characters. */
export function showValue(value: JsonValue | undefined, max = 60): string {
  if (value === undefined) return '(none)'
  const text = canonicalJson(value)
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`
}
