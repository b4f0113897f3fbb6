import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { kindKey } from '../../src/kube/ref.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import type { ChainOp, ChainStep, DesiredIdentity, FeeRange, IdentityStep } from '../../src/plan/chain.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { Observed, ServedKind } from '../../src/plan/observed.ts'
import { AGENT_IDENTITY } from '../../src/plan/plan-identity.ts'
import type { Plan, PlanOptions } from '../../src/plan/types.ts'
import { objectTypeFromCrd } from '../../src/ssa/object-type.ts'
import type { Address, Hex } from '../../src/util/hex.ts'
import type { JsonArray, JsonObject } from '../../src/util/json.ts'
import { desiredOf, observedOf, type World } from './factories.ts'

export const OWNER: Address = '0x3333333333333333333333333333333333333333'
const REGISTRY: Address = '0x8004A818BFB912233c491871b3d84c89A494BD9e'
export const URI = 'https://shop.example/.well-known/agent-registration.json'
const DATA_HASH: Hex = `0x${'ab'.repeat(32)}`
/** Wei of 0.00001 coins. */
const TEN_MICRO = 10_000_000_000_000n

/** The CRD of the repository, as a manifest. */
export function agentIdentityCrd(): JsonObject {
  const file = join(import.meta.dirname, '../../schemas/crds/agentidentities.obol.org.yaml')
  return parse(readFileSync(file, 'utf8'))
}

function agentIdentityKind(): ServedKind {
  const type = objectTypeFromCrd(agentIdentityCrd(), 'v1alpha1')
  if (type === undefined) throw new Error('the CRD has no version v1alpha1')
  const { apiVersion, kind } = type
  return { apiVersion, kind, plural: 'agentidentities', namespaced: true, type, schemaHash: 'hash-of-AgentIdentity' }
}

/** AgentIdentity `x402/default` as stored, with these registrations. */
export function agentIdentity(registrations: JsonArray, metadata: JsonObject = {}): JsonObject {
  const { apiVersion, kind, namespace, name } = AGENT_IDENTITY
  const identity = { name, namespace, uid: 'uid-agentidentity', resourceVersion: '7', ...metadata }
  return { apiVersion, kind, metadata: identity, spec: {}, status: { registrations } }
}

/** A fee of `low` to `high` hundred-thousandths of a coin. */
export function fee(low = 3n, high = 6n, gas = 160_800n): FeeRange {
  return {
    gas,
    gasLimit: (gas * 5n) / 4n,
    low: low * TEN_MICRO + 1_234n,
    high: high * TEN_MICRO - 1_234n,
    maxFeePerGas: 250_000_000n,
    maxPriorityFeePerGas: 1_000_000n,
    ceilingFeePerGas: 300_000_000n,
    l1Fee: 12_345n,
  }
}

/** A step on base-sepolia that `llm/aeon` wants, settled unless told otherwise. */
export function chainStep(op: ChainOp, over: Partial<ChainStep> & { readonly key?: string } = {}): ChainStep {
  const { key, ...rest } = over
  const network = over.network ?? 'base-sepolia'
  return {
    kind: 'register',
    id: `register/${network}/${op}${key === undefined ? '' : `/${key}`}`,
    op,
    state: op === 'settled' ? 'settled' : 'ready',
    network,
    chainId: 84_532,
    registry: REGISTRY,
    coin: 'ETH',
    confirmations: 3,
    owner: OWNER,
    offers: ['llm/aeon'],
    origin: { file: 'offers/aeon.yaml', line: 20, column: 3 },
    dependsOn: [],
    text: op,
    changes: [],
    diagnostics: [],
    ...rest,
  }
}

/** A mint that can be paid. */
export function mint(over: Partial<ChainStep> = {}): ChainStep {
  return chainStep('register', {
    text: 'mints an identity',
    outcome: 'mints an identity',
    changes: [
      { path: 'agentURI', after: URI },
      { path: 'metadata.region', after: 'eu' },
    ],
    call: { to: REGISTRY, data: '0x8ea42286', dataHash: DATA_HASH },
    fee: fee(),
    balance: { needed: 7n * TEN_MICRO, held: 2_000n * TEN_MICRO },
    ...over,
  })
}

/** A paid call that changes an identity. */
export function setter(op: ChainOp, over: Partial<ChainStep> & { readonly key?: string } = {}): ChainStep {
  const call = { to: REGISTRY, data: '0x0af28bd3' as Hex, dataHash: DATA_HASH }
  return chainStep(op, { agentId: '57', call, fee: fee(1n, 2n, 56_000n), ...over })
}

export function waiting(over: Partial<ChainStep> = {}): ChainStep {
  return chainStep('register', {
    state: 'waiting',
    text: 'waits',
    diagnostics: [
      { severity: 'warning', code: 'OBOL-R001', message: 'the public base URL is not known yet', hint: 'obol plan' },
    ],
    ...over,
  })
}

function identityFor(network: string, offers: readonly string[]): DesiredIdentity {
  return {
    network,
    chainId: 84_532,
    registry: REGISTRY,
    confirmations: 3,
    coin: 'ETH',
    offers,
    origin: { file: 'offers/aeon.yaml', line: 20, column: 3 },
    metadata: {},
    payees: [],
  }
}

export type ChainWorld = World & {
  /** The status of AgentIdentity `x402/default`; absent: there is no such object. */
  readonly registrations?: JsonArray
  /** False: the cluster does not serve AgentIdentity. */
  readonly servesIdentities?: boolean
}

function chainObserved(world: ChainWorld): Observed {
  const { registrations, servesIdentities = true, live = [], namespaces = {} } = world
  const stored = registrations === undefined ? [] : [agentIdentity(registrations)]
  const observed = observedOf({ ...world, live: [...live, ...stored], namespaces: { x402: 'present', ...namespaces } })
  const kind = agentIdentityKind()
  return servesIdentities ? { ...observed, kinds: new Map([...observed.kinds, [kindKey(kind), kind]]) } : observed
}

/** A plan with steps on chains; the desired identities are those that the steps are about. */
export function chainPlan(
  objects: readonly DesiredObject[],
  chain: readonly ChainStep[],
  world: ChainWorld = {},
  options: Partial<PlanOptions> = {},
): Plan {
  const offers = new Map(chain.map((step) => [step.network, step.offers]))
  const identities = [...offers].map(([network, wanting]) => identityFor(network, wanting))
  const desired = { ...desiredOf(...objects), identities }
  return buildPlan(desired, chainObserved(world), { decisions: [], ...options }, chain)
}

/** The step on a chain or of an identity by its id. */
export function chainStepOf(plan: Plan, id: string): ChainStep | IdentityStep {
  const step = plan.steps.find((item) => item.id === id)
  if (step?.kind !== 'register' && step?.kind !== 'identity') throw new Error(`no step ${id}`)
  return step
}
