import { idempotencyKey } from '../../src/chain/idempotency-key.ts'
import type { Signer } from '../../src/chain/types.ts'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import { type ChainLedger, reduceChain } from '../../src/journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, DesiredIdentity, IdentityTarget, OwnedIdentity } from '../../src/plan/chain.ts'
import { type ChainPlanPorts, planChain } from '../../src/register/plan-chain.ts'
import type { LedgerPort, RegisterPorts } from '../../src/register/ports.ts'
import type { Address, Hex } from '../../src/util/hex.ts'
import { CHAIN_ID, type DoorHook, type FakeChain, fakeSigner, OWNER, REGISTRY } from '../support/fake-chain.ts'

export const CONFIRMATIONS = 4
const WORKSPACE_ID = '7f1d1b52-6f65-4c37-9d56-000000000001'
export const URI = 'https://shop.example/.well-known/agent-registration.json'

/** The identity that the tests want. */
export function desiredIdentity(change: Partial<DesiredIdentity> = {}): DesiredIdentity {
  return {
    network: 'anvil',
    chainId: CHAIN_ID,
    registry: REGISTRY,
    confirmations: CONFIRMATIONS,
    coin: 'ETH',
    offers: ['llm/aeon'],
    origin: { file: 'offers/aeon.yaml', line: 1, column: 1 },
    metadata: {},
    payees: [],
    ...change,
  }
}

export const IDEM: Hex = idempotencyKey({
  chainId: CHAIN_ID,
  registry: REGISTRY,
  owner: OWNER,
  workspaceId: WORKSPACE_ID,
})

export const TARGET: IdentityTarget = {
  network: 'anvil',
  chainId: CHAIN_ID,
  registry: REGISTRY,
  owner: OWNER,
  confirmations: CONFIRMATIONS,
  idem: IDEM,
  uri: URI,
}

export function ownedIdentity(change: Partial<OwnedIdentity> = {}): OwnedIdentity {
  return { agentId: '0', uri: URI, wallet: OWNER, metadata: {}, ...change }
}

/** What is read of a chain on which the owner has done nothing yet. */
export function chainFacts(change: Partial<ChainFacts> = {}): ChainFacts {
  return {
    block: { number: 10n, hash: hash(10), timestamp: 1_800_000_000n },
    registry: { codeHash: hash(1), version: '2.0.0' },
    owner: OWNER,
    ownerIsContract: false,
    nonce: { latest: 0, pending: 0, settled: 0 },
    balance: 10n ** 18n,
    fees: { baseFee: 10n ** 9n, priorityFee: 10n ** 6n },
    identities: [],
    left: [],
    ...change,
  }
}

/** 32 bytes that say which. */
export function hash(n: number): Hex {
  return `0x${n.toString(16).padStart(64, '0')}`
}

/** A journal in memory. */
export class FakeLedger implements LedgerPort {
  readonly events: ChainEvent[] = []
  #ledger: ChainLedger = new Map()

  constructor(events: readonly ChainEvent[] = []) {
    for (const event of events) this.#take(event)
  }

  current(): ChainLedger {
    return this.#ledger
  }

  async record(event: ChainEvent): Promise<void> {
    this.#take(event)
  }

  #take(event: ChainEvent): void {
    this.events.push(event)
    this.#ledger = reduceChain(this.#ledger, event)
  }
}

/** Ports to plan on a fake chain. */
export function planPorts(chain: FakeChain, change: Partial<ChainPlanPorts> = {}, hook: DoorHook = {}): ChainPlanPorts {
  return {
    workspaceId: WORKSPACE_ID,
    base: { url: 'https://shop.example' },
    owner: async () => OWNER,
    connect: () => chain.door(hook),
    ledger: new Map(),
    hints: () => ({}),
    stamp: true,
    canSign: () => true,
    now: () => 1_800_000_000_000,
    signal: new AbortController().signal,
    ...change,
  }
}

/** The only step of a plan for one identity. */
export async function onlyStep(
  chain: FakeChain,
  change: Partial<ChainPlanPorts> = {},
  wanted: Partial<DesiredIdentity> = {},
): Promise<ChainStep> {
  const steps = await planChain([desiredIdentity(wanted)], planPorts(chain, change))
  const [step] = steps
  if (step === undefined || steps.length !== 1) throw new Error(`planned ${steps.map(({ id }) => id).join(', ')}`)
  return step
}

export type TestPorts = RegisterPorts & { readonly ledger: FakeLedger }

export type TestPortsOptions = {
  readonly ledger?: FakeLedger
  readonly hook?: DoorHook
  readonly signer?: (address: Address) => Promise<Signer | undefined>
  readonly hints?: RegisterPorts['hints']
  readonly signal?: AbortSignal
  readonly timing?: Partial<RegisterPorts['timing']>
  /** Called at each pause: what the world does meanwhile. Default: a block is mined. */
  readonly meanwhile?: () => void
}

/** Ports to run a step on a fake chain; a pause moves the clock and mines a block. */
export function runPorts(chain: FakeChain, options: TestPortsOptions = {}): TestPorts {
  let now = 1_800_000_000_000
  const meanwhile = options.meanwhile ?? (() => chain.mine())
  return {
    chain: chain.door(options.hook),
    signer: options.signer ?? (async (address) => fakeSigner(address)),
    ledger: options.ledger ?? new FakeLedger(),
    hints: options.hints ?? {},
    now: () => now,
    pause: async (ms) => {
      now += ms
      meanwhile()
    },
    signal: options.signal ?? new AbortController().signal,
    timing: { pollMs: 1000, waitMs: 60_000, rebroadcastAfterMs: 5000, bumpAfterMs: 15_000, ...options.timing },
  }
}
