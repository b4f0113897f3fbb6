import type { Descriptor } from '../errors/descriptor.ts'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { objectId } from '../kube/ref.ts'
import type { Desired, DesiredObject, Origin } from '../plan/desired.ts'
import type { Diagnostic } from '../plan/types.ts'
import { offerViews } from './offer-views.ts'
import { judge, type Rule } from './policy.ts'

/** Finds where the file of an object says a field; undefined where it does not. */
export type LocateField = (object: DesiredObject, path: string) => Origin | undefined

/**
 * What rules say of the offers, manifests of kind ServiceOffer included: a diagnostic for each violation, at the field of
 * the file that it is about. Pure.
 */
export function checkOffers(
  rules: readonly Rule[],
  desired: Pick<Desired, 'objects'>,
  locate: LocateField,
): readonly Diagnostic[] {
  const own = rules.filter(({ subject }) => subject === 'offer')
  if (own.length === 0) return []
  return desired.objects.flatMap((object) => {
    const found = (offerViews(object) ?? []).flatMap(({ variables, payment }) =>
      own.flatMap((rule) => diagnosticOf(rule, variables, { object, payment, locate })),
    )
    // A rule that is not about payments says the same of each of them.
    return [...new Map(found.map((item) => [JSON.stringify(item), item])).values()]
  })
}

type About = { readonly object: DesiredObject; readonly payment: string; readonly locate: LocateField }

function diagnosticOf(
  rule: Rule,
  variables: Readonly<Record<string, unknown>>,
  { object, payment, locate }: About,
): readonly Diagnostic[] {
  const verdict = judge(rule, variables)
  if (verdict.result === 'holds') return []
  const descriptor: Descriptor = verdict.result === 'violated' ? POLICY_ERRORS.VIOLATED : POLICY_ERRORS.NOT_EVALUATED
  const field = rule.field?.replace(/^spec\.payment\b/, payment)
  const origin = (field === undefined ? undefined : locate(object, field)) ?? object.origin
  return [
    {
      severity: rule.severity,
      code: descriptor.code,
      message: `${verdict.message} (${ruleAt(rule)})`,
      object: objectId(object.ref),
      ...(field === undefined ? {} : { field }),
      origin,
    },
  ]
}

/** Where the rule is: whoever is stopped by it wants to read it. */
function ruleAt({ origin }: Rule): string {
  return `${origin.file}:${origin.line}`
}
