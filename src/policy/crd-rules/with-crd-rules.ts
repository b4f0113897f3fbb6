import { POLICY_ERRORS } from '../../errors/policy.ts'
import { kindKey } from '../../kube/ref.ts'
import { showPath } from '../../plan/field-path.ts'
import { maskObject } from '../../plan/mask-object.ts'
import type { Diagnostic, ObjectStep, Plan, PlanStep } from '../../plan/types.ts'
import { type JsonObject, jsonEquals } from '../../util/json.ts'
import { plural } from '../../util/plural.ts'
import { checkCrdRules, type RuleVerdict } from './check-crd-rules.ts'
import { crdRulesOf } from './collect-rules.ts'

/**
 * A plan in which no step writes what the rules of its kind forbid: such a step has an error and no write. What could not be
 * evaluated is one remark per kind. `schemaOf`: the structural schema that a step's kind has, for custom resources.
 */
export function withCrdRules(plan: Plan, schemaOf: (step: ObjectStep) => JsonObject | undefined): Plan {
  const doubts = new Map<string, Doubt>()
  const steps = plan.steps.map((step) => (step.kind === 'object' ? checkStep(step, schemaOf(step), doubts) : step))
  const remarks = [...doubts.values()].map(remark)
  const isSame = steps.every((step, i) => step === plan.steps[i])
  return isSame && remarks.length === 0 ? plan : { ...plan, steps, diagnostics: [...plan.diagnostics, ...remarks] }
}

/** What is not known about the rules of a kind. */
type Doubt = { readonly kind: string; readonly rules: Set<string>; readonly reason: string }

function checkStep(step: ObjectStep, schema: JsonObject | undefined, doubts: Map<string, Doubt>): PlanStep {
  const { after, before, write } = step
  if (write?.type !== 'apply' || after === undefined || schema === undefined) return step
  const rules = crdRulesOf(schema)
  if (rules === undefined) return step
  const verdicts = checkCrdRules(rules, after, before)
  for (const verdict of verdicts) if (verdict.result === 'not-checked') note(step, verdict, doubts)
  const errors = verdicts.flatMap((verdict) => (verdict.result === 'violated' ? [errorOf(step, verdict, after)] : []))
  if (errors.length === 0) return step
  const { write: _, ...rest } = step
  return { ...rest, diagnostics: [...step.diagnostics, ...errors] }
}

type Violated = Extract<RuleVerdict, { readonly result: 'violated' }>
type Unknown = Extract<RuleVerdict, { readonly result: 'not-checked' }>

function errorOf({ id, origin }: ObjectStep, verdict: Violated, after: JsonObject): Diagnostic {
  const path = showPath(verdict.path)
  return {
    severity: 'error',
    code: POLICY_ERRORS.CRD_RULE.code,
    message: wordsOf(verdict, after),
    object: id,
    ...(path === '' ? {} : { field: path }),
    ...(origin === undefined ? {} : { origin }),
  }
}

/** The words that a rule makes from an object's values may hold a secret of it. */
function wordsOf({ message, isComputed, rule }: Violated, after: JsonObject): string {
  const { metadata: _, ...fields } = after
  if (!isComputed || jsonEquals(maskObject(fields), fields)) return message
  return rule.message ?? `failed rule: ${rule.rule.trim()}`
}

function note({ ref }: ObjectStep, { rule, reason }: Unknown, doubts: Map<string, Doubt>): void {
  const key = kindKey(ref)
  const doubt = doubts.get(key) ?? { kind: ref.kind, rules: new Set(), reason }
  doubt.rules.add(rule?.rule ?? reason)
  doubts.set(key, doubt)
}

function remark({ kind, rules, reason }: Doubt): Diagnostic {
  const message = `${plural(rules.size, 'rule')} of ${kind} could not be checked here, the API server will: ${reason}`
  return { severity: 'info', code: POLICY_ERRORS.CRD_RULE_UNKNOWN.code, message }
}
