import { ObolError, type Where } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { printable } from '../util/printable.ts'
import type { CompleteHint } from './complete-hint.ts'
import type { Style } from './style.ts'

/**
 * What was thrown as the errors to report: an AggregateError is taken apart, anything that is not an ObolError becomes
 * `OBOL-U900` with the original as its cause.
 */
export function toObolErrors(thrown: unknown): readonly ObolError[] {
  if (thrown instanceof ObolError) return [thrown]
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return thrown.errors.flatMap(toObolErrors)
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return [
    new ObolError(USAGE_ERRORS.UNEXPECTED, {
      details: words.split('\n'),
      cause: thrown,
    }),
  ]
}

/**
 * Errors for a person: per error its code and sentence, where it is, details, and what to do next; a blank line between
 * two. Hints go through `complete`. No stack unless `debug`. Masked and free of control characters. Ends with a newline.
 */
export function renderErrors(errors: readonly ObolError[], style: Style, debug: boolean, complete = asItIs): string {
  return errors.map((error) => renderError(error, style, debug, complete)).join('\n')
}

/** Errors for a program: `{"error":{code,…}}`, and all of them in `errors` when there are several. */
export function errorsToJson(errors: readonly ObolError[], debug: boolean, complete = asItIs): JsonObject {
  const all = errors.map((error) => errorToJson(error, debug, complete))
  return { error: all[0] ?? null, ...(all.length > 1 ? { errors: all } : {}) }
}

const asItIs: CompleteHint = (hint) => hint

function renderError(error: ObolError, style: Style, debug: boolean, complete: CompleteHint): string {
  const lines = [`${style.red(style.bold('error'))} ${style.bold(error.code)}: ${clean(error.message)}`]
  if (error.where !== undefined) lines.push(`  ${style.dim('at')}    ${clean(whereText(error.where))}`)
  for (const detail of error.details) lines.push(`        ${clean(detail)}`)
  if (error.hint !== undefined) lines.push(`  ${style.dim('next')}  ${style.cyan(clean(complete(error.hint)))}`)
  if (debug) lines.push(...stackLines(error).map((line) => style.dim(`  ${line}`)))
  return `${lines.join('\n')}\n`
}

function errorToJson(error: ObolError, debug: boolean, complete: CompleteHint): JsonObject {
  const fields: Record<string, JsonValue> = {
    code: error.code,
    message: maskText(error.message),
    exitCode: error.exitCode,
    retryable: error.retryable,
  }
  if (error.where !== undefined) fields['where'] = { ...error.where }
  if (error.details.length > 0) fields['details'] = error.details.map(maskText)
  if (error.hint !== undefined) fields['hint'] = maskText(complete(error.hint))
  if (debug) fields['stack'] = stackLines(error)
  return fields
}

/** `file:line:column` or `Kind/namespace/name .field`. */
function whereText(where: Where): string {
  if ('file' in where) return [where.file, where.line, where.column].filter((part) => part !== undefined).join(':')
  return where.field === undefined ? where.object : `${where.object} ${where.field}`
}

function stackLines(error: Error): readonly string[] {
  const lines = (error.stack ?? error.message).split('\n')
  const cause = error.cause instanceof Error ? ['caused by', ...stackLines(error.cause)] : []
  return [...lines, ...cause].map(clean)
}

function clean(text: string): string {
  return printable(maskText(text))
}
