import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import { planChain } from '../../src/register/plan-chain.ts'
import { runChainStep } from '../../src/register/run-chain-step.ts'
import { type DoorHook, FakeChain, fakeSigner } from '../support/fake-chain.ts'
import { CONFIRMATIONS, desiredIdentity, FakeLedger, planPorts } from './factories.ts'

/** One thing that happens while up to two processes with journals of their own register. */
export type Event =
  /** The process begins an apply (or, if one is under way, does its next call), and how that call ends. */
  | { readonly do: 'step'; readonly process: 0 | 1; readonly how: CallEnd }
  | { readonly do: 'crash'; readonly process: 0 | 1; readonly losesJournal: boolean }
  | { readonly do: 'mine'; readonly blocks: number }
  | { readonly do: 'reorg'; readonly depth: number; readonly keeps: boolean }
  | { readonly do: 'drop' | 'resurrect' | 'foreign' | 'others-mint' }
  /** The base fee, in gwei. */
  | { readonly do: 'fee'; readonly gwei: number }
  | { readonly do: 'lag'; readonly process: 0 | 1; readonly blocks: number }

/**
 * ok; crash before or after it takes effect; the answer is lost, with or without effect; and, for a broadcast, the node
 * says something else than what it did.
 */
export const CALL_ENDS = [
  'ok',
  'crash-before',
  'crash-after',
  'lost-before',
  'lost-after',
  'accepted-not-sent',
  'spent-sent',
  'spent-not-sent',
  'underpriced-sent',
  'underpriced-not-sent',
] as const
export type CallEnd = (typeof CALL_ENDS)[number]

export type Outcome = {
  readonly chain: FakeChain
  readonly agents: readonly Settled[]
}

export type Settled = {
  readonly agentId: string
  /** Every agentId that the process ever called final. */
  readonly claims: readonly string[]
  readonly ledger: FakeLedger
}

/** Enough for every process to see everything final, many times over. */
const QUIET_RUNS = 12
const GWEI = 1_000_000_000n

/** Plays the events, then lets everything come to rest and each process apply until it says final. */
export async function play(events: readonly Event[]): Promise<Outcome> {
  const chain = new FakeChain()
  chain.mine(CONFIRMATIONS + 1)
  const agents = [new Agent(chain), new Agent(chain)]
  const agent = (process: 0 | 1): Agent => agents[process] ?? unreachable()
  for (const event of events) {
    switch (event.do) {
      case 'step':
        await agent(event.process).step(event.how)
        break
      case 'crash':
        agent(event.process).crash(event.losesJournal)
        break
      case 'mine':
        chain.mine(event.blocks)
        break
      case 'reorg':
        chain.reorg(event.depth, event.keeps)
        break
      case 'drop':
        chain.drop()
        break
      case 'resurrect':
        chain.resurrect()
        break
      case 'foreign':
        chain.sendForeign()
        break
      case 'others-mint':
        chain.mintForOthers()
        break
      case 'fee':
        chain.baseFee = BigInt(event.gwei) * GWEI
        break
      case 'lag':
        agent(event.process).lag = event.blocks
        break
    }
  }
  chain.baseFee = GWEI
  const settled = []
  for (const agent of agents) settled.push(await agent.settle())
  // Whatever was ever signed and sent comes back: had two nonces been used, there would be two mints now.
  chain.resurrect()
  chain.mine(CONFIRMATIONS + 1)
  return { chain, agents: settled }
}

function unreachable(): never {
  throw new Error('unreachable')
}

/** A call that waits to be let through. */
type Parked = { readonly go: (how: CallEnd) => void }

/** A process that applies again and again. Each call of a port waits until the schedule lets it happen. */
class Agent {
  readonly #chain: FakeChain
  #ledger = new FakeLedger()
  /** A crashed process never gets an answer; what it would do afterwards must not happen. */
  #life = 0
  #parked: Parked | undefined
  #isRunning = false
  #final: string | undefined
  readonly #claims: string[] = []
  #now = 1_800_000_000_000
  #isFree = false
  #wake: (() => void) | undefined
  lag = 0

  constructor(chain: FakeChain) {
    this.#chain = chain
  }

  /** Lets one call happen, beginning an apply where none is under way. */
  async step(how: CallEnd): Promise<void> {
    if (!this.#isRunning) {
      await this.#untilIdle(() => this.#begin())
      return
    }
    const parked = this.#parked
    if (parked === undefined) return
    this.#parked = undefined
    if (how === 'crash-before') {
      this.crash(false)
      return
    }
    await this.#untilIdle(() => parked.go(how))
    if (how === 'crash-after') this.crash(false)
  }

  crash(losesJournal: boolean): void {
    this.#life += 1
    this.#isRunning = false
    this.#parked = undefined
    if (losesJournal) this.#ledger = new FakeLedger()
  }

  /** Applies without disturbance, while blocks are mined, until it is final. */
  async settle(): Promise<Settled> {
    this.crash(false)
    this.lag = 0
    this.#isFree = true
    for (let run = 0; run < QUIET_RUNS; run += 1) {
      this.#chain.mine(CONFIRMATIONS + 1)
      this.#final = undefined
      await this.#apply()
      if (this.#final !== undefined) return { agentId: this.#final, claims: this.#claims, ledger: this.#ledger }
    }
    throw new Error(`not final after ${QUIET_RUNS} runs: ${JSON.stringify(this.#ledger.events.at(-1))}`)
  }

  #begin(): void {
    const life = this.#life
    this.#isRunning = true
    this.#apply().then(
      () => this.#ended(life),
      () => this.#ended(life),
    )
  }

  #ended(life: number): void {
    if (life !== this.#life) return
    this.#isRunning = false
    this.#parked = undefined
    this.#wake?.()
  }

  /** Resolves once the process waits for its next call, or ended. */
  #untilIdle(act: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      act()
    })
  }

  /** Plan and apply, as two commands in a row. */
  async #apply(): Promise<void> {
    const hook = this.#hook()
    const ledger = this.#ledger
    const steps = await planChain(
      [desiredIdentity()],
      planPorts(this.#chain, { ledger: ledger.current(), now: () => this.#now }, hook),
    )
    for (const step of steps) {
      if (step.op === 'settled') this.#final = step.agentId
      if (step.op === 'settled' || (step.state !== 'ready' && step.state !== 'pending')) continue
      const result = await runChainStep(step, 'run', {
        chain: this.#chain.door(hook),
        signer: async () => fakeSigner(),
        ledger: {
          current: () => ledger.current(),
          record: (event: ChainEvent) => this.#call(() => ledger.record(event)),
        },
        hints: {},
        now: () => this.#now,
        pause: async (ms) => {
          this.#now += ms
          await this.#call(async () => (this.#isFree ? this.#chain.mine() : undefined))
        },
        signal: new AbortController().signal,
        timing: { pollMs: 1000, waitMs: 12_000, rebroadcastAfterMs: 1000, bumpAfterMs: 2000 },
      })
      if (!('agentId' in result)) continue
      this.#final = result.agentId
      this.#claims.push(result.agentId)
    }
  }

  #hook(): DoorHook {
    return {
      lag: () => this.lag,
      before: async (method) => {
        if (method === 'send') return
        // A read that is lost before or after is the same to whoever reads.
        if ((await this.#gate()).startsWith('lost')) throw lost()
      },
      send: async (deliver) => {
        const how = await this.#gate()
        switch (how) {
          case 'lost-before':
            throw lost()
          case 'lost-after':
            deliver()
            throw lost()
          case 'accepted-not-sent':
            return { result: 'accepted' }
          case 'spent-sent':
          case 'underpriced-sent':
            deliver()
            return { result: how === 'spent-sent' ? 'nonce-spent' : 'underpriced', message: '' }
          case 'spent-not-sent':
            return { result: 'nonce-spent', message: 'nonce too low' }
          case 'underpriced-not-sent':
            return { result: 'underpriced', message: 'replacement transaction underpriced' }
          default:
            return deliver()
        }
      },
    }
  }

  async #call<T>(act: () => Promise<T>): Promise<T> {
    await this.#gate()
    return act()
  }

  /** Waits until the schedule lets the call happen; forever in a process that is dead. */
  #gate(): Promise<CallEnd> {
    if (this.#isFree) return Promise.resolve('ok')
    const life = this.#life
    return new Promise((resolve) => {
      if (life !== this.#life) return
      this.#parked = { go: resolve }
      this.#wake?.()
    })
  }
}

function lost(): ObolError {
  return new ObolError(CHAIN_ERRORS.UNREACHABLE, { message: 'the answer was lost' })
}
