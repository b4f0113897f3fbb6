import { kindKey } from '../kube/ref.ts'
import type { ChainStep } from '../plan/chain.ts'
import type { Desired } from '../plan/desired.ts'
import { maskObject, maskPair } from '../plan/mask-object.ts'
import type { Observed } from '../plan/observed.ts'
import type { PlanView } from '../plan/plan-view.ts'
import type { ObjectStep, Plan } from '../plan/types.ts'
import { canonicalJson, type JsonObject, type JsonValue, jsonEquals } from '../util/json.ts'
import { keyedDigest, plainDigest, planId, type SecretKey } from './digest.ts'
import {
  SAVED_PLAN_VERSION,
  type SavedChain,
  type SavedChainStep,
  type SavedInput,
  type SavedObject,
  type SavedOptions,
  type SavedPlan,
} from './types.ts'
import { encodeView } from './view-codec.ts'

/** What a saved plan is made of. */
export type Saving = {
  readonly plan: Plan
  readonly desired: Desired
  readonly observed: Observed
  /** As it is shown without `all` and without a base. */
  readonly view: PlanView
  readonly tool: string
  readonly source: 'live' | 'snapshot'
  readonly paths: readonly string[]
  readonly options: SavedOptions
  readonly inputs: readonly SavedInput[]
  readonly key: SecretKey
}

/** The plan as it is saved. Pure. */
export function savePlan(saving: Saving): SavedPlan {
  const { plan, observed, view, tool, source, paths, options, inputs, key } = saving
  const { uid, fingerprint } = plan.cluster
  const objects = plan.steps.flatMap((step) => (step.kind === 'object' ? [savedObject(step, observed, key)] : []))
  const isKeyed = inputs.some(({ digest }) => digest.startsWith('hmac-')) || objects.some(holdsKeyed)
  const content = {
    formatVersion: SAVED_PLAN_VERSION,
    tool,
    source,
    ...(isKeyed ? { keyId: key.id } : {}),
    cluster: uid === undefined ? { fingerprint } : { uid, fingerprint },
    paths,
    options,
    inputs,
    objects,
    chains: savedChains(plan),
    view: encodeView(view),
  }
  return { ...content, id: planId(asJson(content)) }
}

function holdsKeyed({ secrets, manifest = '' }: SavedObject): boolean {
  return secrets !== undefined || manifest.startsWith('hmac-')
}

/** What JSON.stringify makes of a value: without the fields that are undefined. */
export function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value))
}

/** The version of an object that a step was planned from. */
export function savedObject(step: ObjectStep, observed: Observed, key: SecretKey): SavedObject {
  const { id, ref, live } = step
  const schemaHash = observed.kinds.get(kindKey(ref))?.schemaHash
  const secrets = secretsOf(step, key)
  const manifest = manifestDigest(step, key)
  return {
    id,
    kind: kindKey(ref),
    ...(live === undefined ? {} : { live }),
    ...(schemaHash === undefined ? {} : { schemaHash }),
    ...(manifest === undefined ? {} : { manifest }),
    ...(secrets === undefined ? {} : { secrets }),
  }
}

/** A view shows only a few facts of a new object. */
function manifestDigest({ id, write }: ObjectStep, key: SecretKey): string | undefined {
  if (write?.type !== 'apply') return undefined
  const { manifest } = write
  const text = canonicalJson(manifest)
  return jsonEquals(maskObject(manifest), manifest) ? plainDigest(text) : keyedDigest(text, `${id} manifest`, key)
}

/** Two secrets look alike in a view, so what they were is kept as keyed digests. */
function secretsOf(step: ObjectStep, key: SecretKey): Readonly<Record<string, string>> | undefined {
  const { kind } = step.ref
  const entries: [string, string][] = []
  const add = (path: string, value: JsonValue | undefined): void => {
    if (value === undefined) return
    const [masked] = maskPair({ kind, path }, value, undefined)
    if (jsonEquals(masked, value)) return
    entries.push([path, keyedDigest(JSON.stringify(value), `${step.id} ${path}`, key)])
  }
  for (const { path, before } of step.changes) add(path, before)
  for (const { path, theirs } of step.conflicts) add(path, theirs)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** The steps on each chain, with what was seen of it. */
export function savedChains(plan: Plan): readonly SavedChain[] {
  const chains = new Map<string, SavedChain>()
  for (const step of plan.steps) {
    if (step.kind !== 'register') continue
    const { network, registry, owner, seen } = step
    const known = chains.get(network) ?? {
      network,
      registry,
      ...(owner === undefined ? {} : { owner }),
      ...(seen === undefined ? {} : { seen: savedSight(seen) }),
      steps: [],
    }
    chains.set(network, { ...known, steps: [...known.steps, savedChainStep(step)] })
  }
  return [...chains.values()]
}

function savedSight({ codeHash, nonce, block }: NonNullable<ChainStep['seen']>): NonNullable<SavedChain['seen']> {
  return { codeHash, nonce, block: block.number.toString(), blockHash: block.hash }
}

function savedChainStep({ id, op, state, call, fee }: ChainStep): SavedChainStep {
  const dataHash = call?.dataHash
  return {
    id,
    op,
    state,
    ...(dataHash === undefined ? {} : { dataHash }),
    ...(fee === undefined
      ? {}
      : {
          high: fee.high.toString(),
          ceiling: fee.ceilingFeePerGas.toString(),
          gasLimit: fee.gasLimit.toString(),
        }),
  }
}
