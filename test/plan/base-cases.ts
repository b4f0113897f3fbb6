import type { BasePlan, PlanOf } from '../../src/plan/describe-with-base.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { PlanOptions } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { caseOf, SECRET_VALUES } from './cases.ts'
import { chainPlan, mint } from './chain-factories.ts'
import {
  changed,
  desiredOf,
  OTHER_PAYEE,
  ours,
  planOf,
  service,
  serviceOffer,
  type World,
  wanted,
  withPayment,
} from './factories.ts'

/** One pull request: the plan of its files and that of the base's, from one observation. */
export type BaseCase = { readonly name: string; readonly head: () => PlanOf; readonly base: () => PlanOf | undefined }

export const BASE: Omit<BasePlan, 'planned'> = {
  ref: 'origin/main',
  commit: 'abc1234def5678abc1234def5678abc1234def56',
}

/** A plan with what it was made for. */
export function plannedOf(
  objects: readonly DesiredObject[],
  world: World = {},
  options: Partial<PlanOptions> = {},
): PlanOf {
  return { plan: planOf(objects, world, options), desired: desiredOf(...objects) }
}

const PRUNE = { prune: { maxCount: 3, maxPercent: 10 } }

function hello(price = '0.01', more: JsonObject = {}): JsonObject {
  return serviceOffer({ name: 'hello', namespace: 'llm', price: { perRequest: price }, ...more })
}

const AEON = [wanted(service()), wanted(serviceOffer())]

/** `llm/aeon` is in step; `llm/hello` was applied at another price than both versions want. */
const LIVE = [ours(service()), ours(serviceOffer()), ours(hello('0.02'))]

function contested(): readonly JsonObject[] {
  return [
    changed(ours(serviceOffer()), (object) => withPayment(object, { payTo: OTHER_PAYEE }), { by: 'kubectl-edit' }),
  ]
}

function secret(value: string): JsonObject {
  const data = { token: Buffer.from(value).toString('base64') }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'facilitator', namespace: 'llm' }, data }
}

export const BASE_CASES: readonly BaseCase[] = [
  {
    name: 'drift-and-change',
    base: () => plannedOf([wanted(service()), wanted(serviceOffer()), wanted(hello())], { live: LIVE }),
    head: () =>
      plannedOf([wanted(service()), wanted(serviceOffer({ price: { perMTok: '25' } })), wanted(hello())], {
        live: LIVE,
      }),
  },
  {
    name: 'no-change',
    base: () => plannedOf([wanted(serviceOffer()), wanted(hello())], { live: LIVE }),
    head: () => plannedOf([wanted(serviceOffer()), wanted(hello())], { live: LIVE }),
  },
  {
    name: 'changed-on-both',
    base: () => plannedOf([wanted(hello('0.01', { payment: { maxTimeoutSeconds: 60 } }))], { live: LIVE }),
    head: () => plannedOf([wanted(hello('0.03', { payment: { maxTimeoutSeconds: 60 } }))], { live: LIVE }),
  },
  {
    name: 'created-on-both',
    base: () => plannedOf([wanted(serviceOffer())], {}),
    head: () => plannedOf([wanted(serviceOffer({ price: { perMTok: '25' } }))], {}),
  },
  {
    name: 'rename',
    base: () => plannedOf([wanted(hello('0.02'))], { live: LIVE }),
    head: () => plannedOf([wanted(serviceOffer({ name: 'hi', price: { perRequest: '0.02' } }))], { live: LIVE }),
  },
  {
    name: 'removed-and-pruned',
    base: () => plannedOf([wanted(service()), wanted(serviceOffer()), wanted(hello())], { live: LIVE }, PRUNE),
    head: () => plannedOf([wanted(service()), wanted(serviceOffer())], { live: LIVE }, PRUNE),
  },
  {
    name: 'withdrawn',
    base: () =>
      plannedOf([wanted(serviceOffer()), wanted(hello()), wanted(serviceOffer({ name: 'late', payTo: OTHER_PAYEE }))], {
        live: LIVE,
      }),
    head: () => plannedOf([wanted(serviceOffer()), wanted(hello('0.02'))], { live: LIVE }),
  },
  {
    name: 'conflict-on-both',
    base: () => plannedOf([wanted(serviceOffer())], { live: contested() }),
    head: () => plannedOf([wanted(serviceOffer({ payment: { maxTimeoutSeconds: 600 } }))], { live: contested() }),
  },
  {
    name: 'conflict-settled',
    base: () => plannedOf([wanted(serviceOffer())], { live: contested() }),
    head: () =>
      plannedOf([wanted(serviceOffer(), { decisions: [{ path: 'spec.payment.payTo', decision: 'yield' }] })], {
        live: contested(),
      }),
  },
  {
    name: 'error-put-right',
    base: () => plannedOf([wanted(service('aeon', 'llm', [{ port: '80' }])), wanted(serviceOffer())]),
    head: () => plannedOf([wanted(service()), wanted(serviceOffer())]),
  },
  {
    name: 'secrets',
    base: () => plannedOf([wanted(secret(SECRET_VALUES[1]), { manifest: true })], { live: [ours(secret('before'))] }),
    head: () => plannedOf([wanted(secret(SECRET_VALUES[0]), { manifest: true })], { live: [ours(secret('before'))] }),
  },
  {
    name: 'registration',
    base: () => plannedOf(AEON, { live: LIVE }),
    head: () => ({ plan: chainPlan(AEON, [mint()], { live: LIVE }), desired: desiredOf(...AEON) }),
  },
  { name: 'workspace-new', base: () => undefined, head: () => ({ plan: caseOf('create-all'), desired: desiredOf() }) },
]

/** A case by its name. */
export function baseCaseOf(name: string): BaseCase {
  const found = BASE_CASES.find((item) => item.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}
