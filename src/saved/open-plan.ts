import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import schema from '../../schemas/saved-plan.schema.json' with { type: 'json' }
import { ObolError } from '../errors/obol-error.ts'
import { SAVED_ERRORS } from '../errors/saved.ts'
import { isJsonObject, type JsonObject } from '../util/json.ts'
import { printable } from '../util/printable.ts'
import { planId } from './digest.ts'
import { SAVED_PLAN_VERSION, type SavedPlan } from './types.ts'

const MAX_MISTAKES = 5

/**
 * The plan in a text, checked: a known major format, everything in its place, and the id that its content has. Fields that
 * a later minor format added are kept for the id and ignored. Throws ObolError OBOL-V001 or OBOL-V002 about `file`. Pure.
 */
export function openPlan(text: string, file: string): SavedPlan {
  const document = parse(text)
  if (document === undefined) throw broken(file, ['it is not a JSON object'])
  const { formatVersion } = document
  if (typeof formatVersion === 'string' && majorOf(formatVersion) !== majorOf(SAVED_PLAN_VERSION)) {
    const message = `the plan has format ${printable(formatVersion)}, and this version knows ${SAVED_PLAN_VERSION}`
    throw new ObolError(SAVED_ERRORS.FORMAT, { message, where: { file } })
  }
  const validate = validator()
  if (!validate(document)) {
    const mistakes = (validate.errors ?? []).slice(0, MAX_MISTAKES)
    throw broken(
      file,
      mistakes.map(({ instancePath, message = 'is wrong' }) => `${printable(instancePath) || '/'} ${message}`),
    )
  }
  if (planId(document) !== document.id) throw broken(file, ['its content does not have the id that it says'])
  return document
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function validator(): ValidateFunction<SavedPlan & JsonObject> {
  return new Ajv2020({ allErrors: false, strict: true }).compile<SavedPlan & JsonObject>(schema)
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? version
}

function broken(file: string, details: readonly string[]): ObolError {
  return new ObolError(SAVED_ERRORS.BROKEN, { where: { file }, details })
}
