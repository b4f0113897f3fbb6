import { canonicalJson, type JsonObject } from '../util/json.ts'
import { printable } from '../util/printable.ts'
import type { FieldExplanation } from './explain-field.ts'
import { fitMiddle, wrapWords } from './fit-text.ts'
import { type Paint, paintWith } from './paint.ts'
import { ownerText, showCell } from './render-changes.ts'
import { objectToJson, optional, ownerToJson } from './render-json.ts'

/** As `PLAN_OUTPUT_VERSION`, of the output of `obol why --json`. */
const WHY_OUTPUT_VERSION = '1.0'

const LABEL = 9

/** Explanations of fields for people: per field what is, what is wanted, what will be, and why. Ends with a newline. */
export function renderWhy(
  fields: readonly FieldExplanation[],
  options: { readonly columns: number; readonly colour: boolean; readonly now: string },
): string {
  const paint = paintWith(options.colour)
  return fields.map((field) => `${block(field, paint, options).join('\n')}\n`).join('\n')
}

function block(
  field: FieldExplanation,
  paint: Paint,
  { columns, now }: { readonly columns: number; readonly now: string },
): readonly string[] {
  const width = columns - LABEL - 2
  const line = (label: string, text: string, more = ''): string => {
    const shown = fitMiddle(text, width)
    const beside = more === '' || shown.length + 2 + more.length > width ? '' : `  ${paint.dim(more)}`
    const below = more !== '' && beside === '' ? `\n${' '.repeat(LABEL + 2)}${paint.dim(fitMiddle(more, width))}` : ''
    return `  ${paint.dim(label.padEnd(LABEL))}${shown}${beside}${below}`
  }
  const where = field.origin === undefined ? '' : `${field.origin.file}:${field.origin.line}:${field.origin.column}`
  const owners = field.owners.map((owner) => ownerText(owner, now)).join(', ')
  const [first = '', ...rest] = wrapWords(printable(field.sentence), width)
  return [
    `${paint.bold(printable(field.path))}  ${paint.dim(printable(`${field.object.kind} ${field.object.label}`))}`,
    line('live', showCell(field.live)),
    line('wanted', showCell(field.wanted), printable(where)),
    field.heldBack ? line('planned', 'held back: nothing is written') : line('planned', plannedText(field)),
    line('owners', owners === '' ? '(none)' : owners),
    `  ${paint.dim('why'.padEnd(LABEL))}${first}`,
    ...rest.map((words) => `${' '.repeat(LABEL + 2)}${words}`),
  ]
}

function plannedText({ live, planned }: FieldExplanation): string {
  const isSame = live !== undefined && planned !== undefined && canonicalJson(live) === canonicalJson(planned)
  return isSame ? 'stays as it is' : showCell(planned)
}

/** Explanations of fields for programs; a value that is not there has no key. */
export function whyToJson(fields: readonly FieldExplanation[]): JsonObject {
  return {
    formatVersion: WHY_OUTPUT_VERSION,
    fields: fields.map((field) => ({
      object: objectToJson(field.object),
      path: field.path,
      ...optional('live', field.live),
      ...optional('wanted', field.wanted),
      ...optional('planned', field.planned),
      ...optional('origin', field.origin),
      owners: field.owners.map(ownerToJson),
      rule: field.rule,
      sentence: field.sentence,
      heldBack: field.heldBack,
    })),
  }
}
