import type { Origin } from '../plan/desired.ts'
import type { Expression } from './expression.ts'

/** A rule, compiled. */
export type Rule = {
  /** `house-rules/price-ceiling` */
  readonly name: string
  readonly subject: 'offer' | 'plan'
  readonly severity: 'error' | 'warning'
  /** Absent: the rule is for every offer, or every plan. */
  readonly when?: Expression
  readonly check: Expression
  readonly message: string | Expression
  /** The field of the ServiceOffer that a violation is pointed at; absent: the offer. */
  readonly field?: string
  /** Where the rule stands. */
  readonly origin: Origin
}

/** What a rule says of one thing: that it holds (also when it is not about it), or not. */
export type Verdict =
  | { readonly result: 'holds' }
  | { readonly result: 'violated'; readonly message: string }
  | { readonly result: 'failed'; readonly message: string }

/** Evaluates a rule. What cannot be evaluated does not hold. Pure. */
export function judge({ name, when, check, message }: Rule, variables: Readonly<Record<string, unknown>>): Verdict {
  const wanted = when?.evaluate(variables)
  if (wanted?.result === 'failed') return { result: 'failed', message: `${name}: when: ${wanted.message}` }
  if (wanted !== undefined && wanted.value === false) return { result: 'holds' }
  const checked = check.evaluate(variables)
  if (checked.result === 'failed') return { result: 'failed', message: `${name}: ${checked.message}` }
  if (checked.value === true) return { result: 'holds' }
  if (checked.value !== false) return { result: 'failed', message: `${name}: check gave neither true nor false` }
  return { result: 'violated', message: `${name}: ${wordsOf(message, variables)}` }
}

function wordsOf(message: Rule['message'], variables: Readonly<Record<string, unknown>>): string {
  if (typeof message === 'string') return message
  const said = message.evaluate(variables)
  return said.result === 'value' && typeof said.value === 'string' ? said.value : 'the rule does not hold'
}
