import type { Path } from '../ssa/path-element.ts'
import { canonicalJson, isJsonObject, type JsonValue } from '../util/json.ts'
import { normalPath } from './field-path.ts'

const PART =
  /\.?([A-Za-z_$][\w$-]*)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|\[=((?:"(?:[^"\\]|\\.)*"|[^\]"])+)\]|\[((?:"(?:[^"\\]|\\.)*"|[^\]"])+)\]/y

/**
 * The elements of a path as the operator writes it: `spec.ports[name="http"].port`, `spec.payments[0]`,
 * `metadata.labels["a.b/c"]`, `metadata.finalizers[="x"]`. Undefined when it is no path.
 */
export function parsePath(text: string): Path | undefined {
  const source = normalPath(text)
  const path: string[] = []
  PART.lastIndex = 0
  while (PART.lastIndex < source.length) {
    const match = PART.exec(source)
    const element = match === null ? undefined : elementOf(match)
    if (element === undefined) return undefined
    path.push(element)
  }
  return path.length === 0 ? undefined : path
}

function elementOf([, name, quoted, index, value, key]: RegExpExecArray): string | undefined {
  if (name !== undefined) return `f:${name}`
  if (index !== undefined) return `i:${index}`
  if (quoted !== undefined) return withJson('f:', quoted)
  if (value !== undefined) return withJson('v:', value)
  const fields = (key ?? '').split(/,(?=[A-Za-z_])/).map((part) => /^([^=]+)=(.*)$/s.exec(part))
  const parts = fields.map((field) => `${JSON.stringify(field?.[1] ?? '')}:${field?.[2] ?? ''}`)
  return withJson('k:', `{${parts.join(',')}}`)
}

function withJson(prefix: 'f:' | 'v:' | 'k:', text: string): string | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    if (prefix === 'f:') return typeof value === 'string' ? `f:${value}` : undefined
    return prefix === 'k:' && !isJsonObject(value) ? undefined : `${prefix}${canonicalJson(value)}`
  } catch {
    return undefined
  }
}

/** What follows `--take`, `--yield`, `--share` and `why`: `[NS/NAME:]PATH`. */
export function parseTarget(text: string): { readonly object?: string; readonly path: string } {
  const match = /^([^:[\]"'=]+):(.+)$/s.exec(text)
  const [, object, path] = match ?? []
  return object === undefined || path === undefined ? { path: text } : { object, path }
}
