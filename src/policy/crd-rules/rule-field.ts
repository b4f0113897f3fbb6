import type { Path } from '../../ssa/path-element.ts'
import type { JsonObject } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'
import { propertiesOf } from './properties.ts'

type RuleField = { readonly field: string; readonly path: Path }

const NOWHERE: RuleField = { field: '', path: [] }
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/**
 * Where a rule's `fieldPath` (`.spec.name`, `['a.b'].c`) points, below its own node, as the API server writes it and as plans
 * do; nowhere when it names no field of the schema. Source: apiextensions-apiserver, schema/cel/validation.go (ValidFieldPath).
 */
export function ruleField(fieldPath: string | undefined, schema: JsonObject): RuleField {
  let at: JsonObject | undefined = schema
  let rest = fieldPath ?? ''
  let field = ''
  const path: string[] = []
  while (rest !== '') {
    const match: RegExpExecArray | null = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/.exec(rest)
    if (match === null || at === undefined) return NOWHERE
    const name = match[1] ?? (match[2] ?? '').replace(/\\(.)/g, (_, letter: string) => CONTROLS[letter] ?? letter)
    const isNamed = isJsonObject(at['properties'])
    const next: unknown = isNamed ? propertiesOf(at)[name] : at['additionalProperties']
    if (!isJsonObject(next)) return NOWHERE
    field += isNamed ? `.${name}` : `[${name}]`
    path.push(`f:${name}`)
    at = next
    rest = rest.slice(match[0].length)
  }
  return { field, path }
}
