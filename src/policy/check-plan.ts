import { POLICY_ERRORS } from '../errors/policy.ts'
import type { SummaryView } from '../plan/plan-view.ts'
import type { Diagnostic } from '../plan/types.ts'
import { DecimalValue } from './decimal-type.ts'
import { judge, type Rule } from './policy.ts'

/** Decimal places of every chain's coin. */
const COIN_PLACES = 18

/** What rules say of a plan as a whole, at the rule's place. Pure. */
export function checkPlan(rules: readonly Rule[], summary: SummaryView): readonly Diagnostic[] {
  const own = rules.filter(({ subject }) => subject === 'plan')
  if (own.length === 0) return []
  const variables = { plan: planVariables(summary) }
  return own.flatMap((rule): readonly Diagnostic[] => {
    const verdict = judge(rule, variables)
    if (verdict.result === 'holds') return []
    const { code } = verdict.result === 'violated' ? POLICY_ERRORS.VIOLATED : POLICY_ERRORS.NOT_EVALUATED
    return [{ severity: rule.severity, code, message: verdict.message, origin: rule.origin }]
  })
}

function planVariables(summary: SummaryView): Readonly<Record<string, unknown>> {
  const { create, update, adopt, nullOuts, transfers, conflicts, orphans, registrations, fees } = summary
  const counts = { create, update, adopt, delete: summary.delete, nullOuts, transfers, conflicts, orphans }
  const whole = { ...counts, mint: registrations.mint }
  return {
    ...Object.fromEntries(Object.entries(whole).map(([name, count]) => [name, BigInt(count)])),
    fees: Object.fromEntries(
      fees.map(({ network, high }) => [network, new DecimalValue({ digits: high, scale: COIN_PLACES })]),
    ),
  }
}
