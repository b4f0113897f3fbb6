import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { nearest } from '../util/nearest.ts'

/**
 * `path=/tiles/*,methods=GET|POST` as keys and values, in order. A comma inside of a value is part of it unless another
 * known key follows. Throws OBOL-U003 for an unknown key, one that is there twice, or one without a value. Pure.
 */
export function parsePairs<K extends string>(input: string, keys: readonly K[]): ReadonlyMap<K, string> {
  const found = new Map<K, string>()
  for (const part of input.split(/,(?=[\w-]+=)/)) {
    const [, name = '', value = ''] = /^([\w-]+)=([\s\S]*)$/.exec(part) ?? []
    const key = keys.find((known) => known === name)
    if (key === undefined) throw bad(`${name === '' ? part : name} is none of its keys: ${keys.join(', ')}`, name, keys)
    if (found.has(key)) throw bad(`${key} is there twice`, '', keys)
    if (value === '') throw bad(`${key} has no value`, '', keys)
    found.set(key, value)
  }
  return found
}

function bad(message: string, name: string, keys: readonly string[]): ObolError {
  const close = name === '' ? undefined : nearest(name, keys)
  return new ObolError(USAGE_ERRORS.BAD_VALUE, {
    message,
    ...(close === undefined ? {} : { hint: `did you mean ${close}?` }),
  })
}
