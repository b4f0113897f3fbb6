import type { CrdRule } from './collect-rules.ts'
import { evaluate } from './evaluate.ts'
import { parseRule } from './parse-rule.ts'
import type { Scope } from './scope.ts'
import { trimSpace } from './string-functions.ts'
import { type Budget, NotChecked, type Value } from './values.ts'

/** The values of the variables; without `oldSelf` there is nothing to compare with. */
export type Selves = { readonly self: Value; readonly oldSelf?: Value }

/**
 * Whether a rule holds, or why that is not known. A rule about a transition holds where there is nothing before.
 * SIDE EFFECTS: takes steps off the budget.
 */
export function holds(
  rule: CrdRule,
  { self, oldSelf }: Selves,
  budget: Budget,
): { readonly holds: boolean; readonly usesOldSelf: boolean } | NotChecked {
  const parsed = parseRule(rule.rule)
  if (parsed instanceof NotChecked) return parsed
  const { ast, usesOldSelf } = parsed
  if (usesOldSelf && oldSelf === undefined && !rule.optionalOldSelf) return { holds: true, usesOldSelf }
  const optional: Value = oldSelf === undefined ? { type: 'optional' } : { type: 'optional', value: oldSelf }
  const before = rule.optionalOldSelf ? optional : oldSelf
  const value = attempt(() => evaluate(ast, scopeOf(self, before), budget))
  if (value instanceof NotChecked) return value
  return typeof value === 'boolean' ? { holds: value, usesOldSelf } : new NotChecked('it gives no bool')
}

function scopeOf(self: Value, oldSelf: Value | undefined): Scope {
  const scope: Scope = { name: 'self', value: self, outer: undefined }
  return oldSelf === undefined ? scope : { name: 'oldSelf', value: oldSelf, outer: scope }
}

/** Whatever goes wrong, nothing is said about the rule: an error of CEL's own too, in case it is one only here. */
function attempt(run: () => Value): Value | NotChecked {
  try {
    return run()
  } catch (error) {
    if (error instanceof NotChecked) return error
    // Deep recursion, above all.
    return new NotChecked(error instanceof Error ? error.message : 'it failed')
  }
}

const LONGEST_MESSAGE = 5_120

/** The text of a message's expression, or undefined where the API server would do without it too. */
export function evaluateText(source: string, { self, oldSelf }: Selves, budget: Budget): string | undefined {
  const parsed = parseRule(source)
  if (parsed instanceof NotChecked) return undefined
  const value = attempt(() => evaluate(parsed.ast, scopeOf(self, oldSelf), budget))
  if (typeof value !== 'string') return undefined
  const text = trimSpace(value)
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > LONGEST_MESSAGE ? undefined : text
}

/** Whether any of the rules of a node is about a transition: only then do their messages have an old value. */
export function areTransitions(rules: readonly CrdRule[]): boolean {
  return rules.some(({ rule }) => {
    const parsed = parseRule(rule)
    return !(parsed instanceof NotChecked) && parsed.usesOldSelf
  })
}
