import type { ErrorObject } from 'ajv'
import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../util/json.ts'
import { nearest } from '../util/nearest.ts'
import type { Report } from './finding.ts'
import { pathOfPointer } from './format-path.ts'
import type { Path } from './source.ts'

/** What the generated validators export beside the validator itself. */
export type SchemaTables = {
  readonly fieldNames: Readonly<Record<string, readonly string[]>>
  readonly patternMessages: Readonly<Record<string, string>>
}

/** Turns ajv's errors on a document into findings in plain words, with the nearest valid name for a misspelt one. */
export function explainSchemaErrors(
  errors: readonly ErrorObject[],
  value: JsonObject,
  tables: SchemaTables,
  report: Report,
): void {
  for (const error of errors) {
    const path = pathOfPointer(error.instancePath, value)
    const { keyword, params } = error
    switch (keyword) {
      case 'additionalProperties':
        reportUnknown(path, String(params['additionalProperty']), value, tables, report)
        break
      case 'required':
        reportMissing(path, String(params['missingProperty']), report)
        break
      case 'enum':
      case 'const':
        reportChoice(path, jsonAt(value, path), params['allowedValues'] ?? [params['allowedValue']], report)
        break
      case 'type':
        reportType(path, jsonAt(value, path), String(params['type']), report)
        break
      case 'pattern':
        reportInvalid(path, tables.patternMessages[String(params['pattern'])] ?? 'has the wrong form', report)
        break
      case 'minProperties':
      case 'maxProperties':
        // Only a price counts its keys, and checkPrice says more about them.
        break
      default:
        reportInvalid(path, limitMessage(keyword, params['limit']) ?? error.message ?? 'is not allowed', report)
    }
  }
}

function reportUnknown(path: Path, name: string, value: JsonObject, tables: SchemaTables, report: Report): void {
  const place = placeOf(path)
  const present = jsonAt(value, path)
  const names = (tables.fieldNames[place] ?? []).filter((known) => !(isJsonObject(present) && known in present))
  const likely = nearest(name, names)
  const elsewhere = likely === undefined ? homesOf(name, place, tables) : []
  const hint =
    likely !== undefined
      ? { hint: `did you mean ${likely}?` }
      : elsewhere.length > 0
        ? { hint: `${name} belongs under ${elsewhere.join(' or ')}` }
        : {}
  report(OFFER_ERRORS.UNKNOWN_FIELD, [...path, name], 'is not a known field', { part: 'key', ...hint })
}

/** Where else the schema knows a field of this very name; few enough to be worth saying. */
function homesOf(name: string, place: string, tables: SchemaTables): readonly string[] {
  const homes = Object.entries(tables.fieldNames)
    .filter(([other, names]) => other !== place && names.includes(name))
    .map(([other]) => other.slice(1).replaceAll('/*', '[]').replaceAll('/', '.'))
  return homes.length > 3 ? [] : homes.map((home) => (home === '' ? 'the top level' : home))
}

function placeOf(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? '/*' : `/${step}`)).join('')
}

function reportMissing(path: Path, name: string, report: Report): void {
  report(OFFER_ERRORS.MISSING_FIELD, [...path, name], 'is missing')
}

function reportChoice(path: Path, value: JsonValue | undefined, allowed: readonly unknown[], report: Report): void {
  // A value of the wrong type is reported as such.
  if (typeof value !== 'string') return
  const names = allowed.map(String)
  const likely = nearest(value, names)
  const message = names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(', ')}`
  const hint = likely === undefined || names.length === 1 ? {} : { hint: `did you mean ${likely}?` }
  report(OFFER_ERRORS.INVALID_VALUE, path, message, hint)
}

function reportType(path: Path, value: JsonValue | undefined, wanted: string, report: Report): void {
  const message = `must be ${ARTICLES[wanted] ?? wanted}, not ${wanted === 'integer' && typeof value === 'number' ? value : typeName(value)}`
  const isPlain = /^[a-z0-9.-]+$/.test(String(value)) && typeof value !== 'object'
  const hint = wanted === 'string' && isPlain ? { hint: `write "${value}" in quotes` } : {}
  report(OFFER_ERRORS.WRONG_TYPE, path, message, hint)
}

function reportInvalid(path: Path, message: string, report: Report): void {
  report(OFFER_ERRORS.INVALID_VALUE, path, message)
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
}

function typeName(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'empty'
  if (isJsonArray(value)) return 'a list'
  if (isJsonObject(value)) return 'a mapping'
  if (typeof value === 'boolean') return `${value}`
  return typeof value === 'number' ? 'a number' : 'a string'
}

function limitMessage(keyword: string, limit: unknown): string | undefined {
  switch (keyword) {
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`
    case 'maxLength':
      return `must have at most ${limit} characters`
    case 'minItems':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} entries`
    case 'maxItems':
      return `must have at most ${limit} entries`
    case 'uniqueItems':
      return 'must not have the same entry twice'
    default:
      return undefined
  }
}
