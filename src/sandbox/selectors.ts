import { metadataOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { fieldsOf } from './fields.ts'
import { badRequest } from './refusal.ts'
import type { ServedResource } from './served-resource.ts'

/** Whether an object is selected. */
export type Selector = (object: JsonObject) => boolean

type Labels = Readonly<Record<string, unknown>>

/**
 * A label selector (`a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`).
 * @throws Refusal 400 in the real server's words. Source: apimachinery, labels/selector.go.
 */
export function labelSelector(text: string): Selector {
  const requirements = splitRequirements(text).map(parseRequirement)
  return (object) => {
    const labels = metadataOf(object)['labels']
    const of: Labels = fieldsOf(labels)
    return requirements.every((requirement) => requirement(of))
  }
}

/**
 * A field selector of `=`, `==` and `!=` terms on metadata.name and metadata.namespace, and on `type` of a Secret.
 * @throws Refusal 400 in the real server's words. Source: apimachinery, fields/selector.go.
 */
export function fieldSelector(text: string, resource: ServedResource): Selector {
  const terms = text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^=!]*)(==|!=|=)(.*)$/.exec(term)
      if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      const [, field = '', operator = '', value = ''] = match
      const read = fieldReader(field, resource)
      if (read === undefined) throw badRequest(unsupportedField(field, resource))
      return (object: JsonObject): boolean => (read(object) === value) === (operator !== '!=')
    })
  return (object) => terms.every((term) => term(object))
}

function fieldReader(field: string, resource: ServedResource): ((object: JsonObject) => string) | undefined {
  const ofMetadata = (key: string) => (object: JsonObject) => asText(metadataOf(object)[key])
  if (field === 'metadata.name') return ofMetadata('name')
  if (field === 'metadata.namespace') return ofMetadata('namespace')
  if (field === 'type' && resource.kind === 'Secret') return (object) => asText(object['type'])
  return undefined
}

function unsupportedField(field: string, resource: ServedResource): string {
  if (resource.structural !== undefined) return `field label not supported: ${field}`
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
}

/** Splits at commas that are not within a `(…)` list. */
function splitRequirements(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

const SET_TERM = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/
const VALUE_TERM = /^([^\s=!<>]+)\s*(==|!=|=|>|<)\s*([^\s=!<>]*)$/
const EXISTS_TERM = /^(!?)\s*([^\s=!<>()]+)$/

function parseRequirement(text: string): (labels: Labels) => boolean {
  const ofSet = SET_TERM.exec(text)
  if (ofSet !== null) {
    const [, key = '', operator = '', list = ''] = ofSet
    const values = new Set(list.split(',').map((value) => value.trim()))
    return (labels) => {
      const value = labels[key]
      const contained = typeof value === 'string' && values.has(value)
      return operator === 'in' ? contained : !contained
    }
  }
  const ofValue = VALUE_TERM.exec(text)
  if (ofValue !== null) return valueTerm(ofValue[1] ?? '', ofValue[2] ?? '', ofValue[3] ?? '')
  const exists = EXISTS_TERM.exec(text)
  if (exists !== null) {
    const [, not = '', key = ''] = exists
    return (labels) => Object.hasOwn(labels, key) === (not === '')
  }
  const [, found = ''] = text.split(/\s+/)
  throw badRequest(`unable to parse requirement: found '${found}', expected: in, notin, =, ==, !=, gt, lt`)
}

function valueTerm(key: string, operator: string, expected: string): (labels: Labels) => boolean {
  switch (operator) {
    case '!=':
      return (labels) => labels[key] !== expected
    case '>':
      return (labels) => Object.hasOwn(labels, key) && Number(labels[key]) > Number(expected)
    case '<':
      return (labels) => Object.hasOwn(labels, key) && Number(labels[key]) < Number(expected)
    default:
      return (labels) => labels[key] === expected
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
