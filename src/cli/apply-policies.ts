import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { objectId } from '../kube/ref.ts'
import { readSources } from '../offers/read-sources.ts'
import type { SourceFile } from '../offers/source.ts'
import { describePlan } from '../plan/describe-plan.ts'
import type { Desired, DesiredObject } from '../plan/desired.ts'
import type { Diagnostic, Plan } from '../plan/types.ts'
import type { Rule } from '../policy/policy.ts'
import type { JsonObject } from '../util/json.ts'
import { plural } from '../util/plural.ts'
import type { Context } from './context.ts'
import { diagnosticAt } from './diagnostic-at.ts'
import { changeLocator } from './locate-field.ts'
import { POLICY_FOLDER } from './policy-folder.ts'

/** A plan, and what it was made from. */
type Judged = {
  readonly folder: string
  readonly desired: Desired
  readonly plan: Plan
  /** The offer files. */
  readonly files: readonly SourceFile[]
}

/**
 * What the workspace's policies say of its offers and, where there is one, of the plan; and every mistake in the policies.
 * Without a folder of policies nothing is loaded. SIDE EFFECTS: reads the policy files.
 */
export async function policyDiagnostics(
  folder: string,
  { desired, plan, files }: Pick<Judged, 'desired' | 'files'> & { readonly plan?: Plan },
): Promise<readonly Diagnostic[]> {
  // A link that leads nowhere is a mistake, not the absence of rules.
  if (lstatSync(join(folder, POLICY_FOLDER), { throwIfNoEntry: false }) === undefined) return []
  const { loadPolicies } = await import('../policy/load-policies.ts')
  const { files: policies, problems: unread } = await readSources([POLICY_FOLDER], { base: folder })
  const { rules, problems } = loadPolicies(policies)
  const found = [...unread, ...problems].map(diagnosticAt)
  const mistakes = plan === undefined ? found : [...unreadable(found), ...found]
  return [...mistakes, ...(await judged(rules, { desired, files, ...(plan === undefined ? {} : { plan }) }))]
}

/** Rules that cannot be read forbid everything. */
function unreadable(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const count = found.filter(({ severity }) => severity === 'error').length
  const { code, hint } = POLICY_ERRORS.UNREADABLE
  const message = `${plural(count, 'mistake')} in ${POLICY_FOLDER}/: nothing is applied until ${count === 1 ? 'it is' : 'they are'} put right`
  return count === 0 ? [] : [{ severity: 'error', code, message, hint }]
}

async function judged(
  rules: readonly Rule[],
  { desired, plan, files }: Pick<Judged, 'desired' | 'files'> & { readonly plan?: Plan },
): Promise<readonly Diagnostic[]> {
  const [{ checkOffers }, { checkPlan }] = await Promise.all([
    import('../policy/check-offers.ts'),
    import('../policy/check-plan.ts'),
  ])
  const ofOffers = checkOffers(rules, desired, changeLocator(files))
  if (plan === undefined) return ofOffers
  const said = new Set(ofOffers.map(sameWords))
  const ofStored = checkOffers(rules, { objects: yielded(desired, plan) }, () => undefined)
  const others = ofStored
    .filter((item) => !said.has(sameWords(item)))
    .map((item) => ({ ...item, message: `${item.message}, with what others own and keep` }))
  return [...ofOffers, ...others, ...checkPlan(rules, describePlan(plan).summary)]
}

/** Objects as they will be stored where the value of somebody else is to stay: then the files do not say what is sold. */
function yielded({ objects }: Desired, plan: Plan): readonly DesiredObject[] {
  const stored = new Map<string, JsonObject>()
  for (const step of plan.steps) {
    if (step.kind !== 'object' || step.after === undefined) continue
    const keeps = step.conflicts.some(({ decision }) => decision === 'yield' || decision === 'share')
    if (keeps) stored.set(step.id, step.after)
  }
  return objects.flatMap((object) => {
    const manifest = stored.get(objectId(object.ref))
    return manifest === undefined ? [] : [{ ...object, manifest }]
  })
}

/**
 * What policies say of a plan: those of the workspace, and beside a base what that one's would refuse. SIDE EFFECTS: those of
 * `policyDiagnostics`; with a base, child processes that read, and a temporary folder that is gone afterwards.
 */
export async function policyRemarks(
  context: Context,
  of: Judged,
  base: Base | undefined,
): Promise<readonly Diagnostic[]> {
  const own = await policyDiagnostics(of.folder, of)
  if (base === undefined) return own
  // What both say is said once.
  const said = new Set(own.map(sameWords))
  const before = (await baseDiagnostics(context, base, of)).filter((item) => !said.has(sameWords(item)))
  const note = `so say the policies of ${base.ref}, which this change edits`
  return [...own, ...before.map((item) => ({ ...item, message: `${item.message} (${note})` }))]
}

type Base = { readonly ref: string; readonly commit: string }

function sameWords({ object = '', message }: Diagnostic): string {
  return `${object} ${message}`
}

/**
 * What the base's policies would refuse: a warning each, so that a change of offers and of the policies that forbid it is
 * not taken for one of offers alone.
 */
async function baseDiagnostics(
  { env, signal }: Context,
  { commit }: Base,
  { folder, ...of }: Judged,
): Promise<readonly Diagnostic[]> {
  const { readTree } = await import('../git/read-tree.ts')
  const wanted = (path: string): boolean => /\.(ya?ml|json)$/i.test(path)
  const tree = await readTree({ folder, env, signal, ref: commit, paths: [POLICY_FOLDER], wanted })
  try {
    if (!existsSync(join(tree.folder, POLICY_FOLDER))) return []
    const { loadPolicies } = await import('../policy/load-policies.ts')
    const { files } = await readSources([POLICY_FOLDER], { base: tree.folder })
    const found = await judged(loadPolicies(files).rules, of)
    return found.flatMap(({ hint: _, ...item }) =>
      item.severity === 'error' ? [{ ...item, severity: 'warning' }] : [],
    )
  } finally {
    await tree.dispose()
  }
}
