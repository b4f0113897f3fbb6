import type { JsonValue } from '../util/json.ts'
import type { Cause } from './refusal.ts'

/**
 * Causes in the words of apimachinery's `field.Error`. Source: k8s.io/apimachinery, util/validation/field/errors.go.
 */
export function required(field: string, detail = ''): Cause {
  return { reason: 'FieldValueRequired', message: withDetail('Required value', detail), field }
}

export function invalidValue(field: string, value: JsonValue, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${quote(value)}: ${detail}`, field }
}

/** `value` is the name of the type found: `null`, `integer`. */
export function wrongType(field: string, found: string, detail: string): Cause {
  return { reason: 'FieldValueTypeInvalid', message: `Invalid value: ${JSON.stringify(found)}: ${detail}`, field }
}

export function notSupported(field: string, value: JsonValue, supported: readonly string[]): Cause {
  const list = supported.map((item) => JSON.stringify(item)).join(', ')
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${quote(value)}: supported values: ${list}`,
    field,
  }
}

export function duplicate(field: string, value: JsonValue): Cause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${quote(value)}`, field }
}

export function forbiddenField(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field }
}

export function tooLong(field: string, max: number): Cause {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${max} bytes`, field }
}

export function tooMany(field: string, count: number, max: number): Cause {
  return { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${max} items`, field }
}

function quote(value: JsonValue): string {
  return JSON.stringify(value)
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`
}
