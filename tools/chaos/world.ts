import { rmSync } from 'node:fs'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import type { Random } from '../fuzz/random.ts'
import type { Stage } from './lane.ts'
import { faultFor } from './rpc-faults.ts'
import type { RpcExchange, RpcHooks } from './rpc-proxy.ts'
import type { Scenario } from './scenario.ts'

const MOST_REORGANISED = 3

/** What happens around the processes of one run. A block is mined after each look at the chain, so nothing waits for a clock. */
export class World {
  readonly #stage: Stage
  readonly #scenario: Scenario | undefined
  readonly #random: Random | undefined
  readonly #raws = new Set<string>()
  readonly foreign: string[] = []
  /** Looks that find no new block: long enough for another broadcast, or a higher fee. */
  #idle = 0
  #looks = 0
  #reorganiseAt: number | undefined
  #isFaulty: boolean

  constructor(stage: Stage, scenario: Scenario | undefined) {
    this.#stage = stage
    this.#scenario = scenario
    this.#random = scenario?.random
    this.#isFaulty = scenario?.mix === 'faulty answers'
  }

  hooks(kill?: () => Promise<void>): RpcHooks {
    const point = this.#scenario?.point
    const isAt = ({ client, number }: RpcExchange, when: string): boolean =>
      kill !== undefined && point?.at === 'rpc' && client === 'a' && point.exchange === number && point.when === when
    return {
      onRequest: async (exchange) => {
        if (exchange.raw !== undefined) this.#raws.add(exchange.raw)
        if (isAt(exchange, 'before')) {
          await kill?.()
          return { kind: 'cut' }
        }
        return this.#isFaulty && this.#random !== undefined ? faultFor(exchange, this.#random) : undefined
      },
      onAnswer: async (exchange) => {
        if (isAt(exchange, 'during')) {
          await kill?.()
          return 'cut'
        }
        if (exchange.methods.includes('eth_getBalance')) await this.#looked()
        return undefined
      },
      onAnswered: async (exchange) => {
        if (isAt(exchange, 'after')) await kill?.()
      },
    }
  }

  /** The faults end and blocks come again, so that what is left can come to its end. */
  calm(): void {
    this.#idle = 0
    if (this.#random?.chance(0.5) !== false) this.#isFaulty = false
  }

  async #looked(): Promise<void> {
    const { control } = this.#stage.lane
    this.#looks += 1
    if (this.#looks === this.#reorganiseAt) return this.#reorganise()
    if (this.#idle > 0) this.#idle -= 1
    else await control.mine()
  }

  /** Between the kill and the next apply. */
  async meanwhile(): Promise<void> {
    const random = this.#random
    const { control } = this.#stage.lane
    if (random === undefined) return
    if (random.chance(0.3)) this.#idle = 4 + random.int(40)
    switch (this.#scenario?.mix) {
      case 'mined while dead':
        return control.mine(1 + random.int(6))
      case 'dropped from the pool':
        return control.dropAll()
      case 'journal lost':
        rmSync(this.#stage.stateFolder('a'), { recursive: true, force: true })
        if (random.chance(0.3)) await control.dropAll()
        if (random.chance(0.3)) await control.mine(1 + random.int(4))
        return
      case 'foreign transaction':
        await this.#sendForeign()
        if (random.chance(0.7)) await control.mine(1 + random.int(5))
        return
      case 'reorganisation':
        if (random.chance(0.6)) await control.mine(1 + random.int(2))
        if (random.chance(0.5)) await this.#reorganise()
        else this.#reorganiseAt = this.#looks + 1 + random.int(6)
        return
      default:
        return
    }
  }

  async #reorganise(): Promise<void> {
    await this.#stage.lane.control.reorg(1 + (this.#random?.int(MOST_REORGANISED) ?? 0))
    if (this.#random?.chance(0.5)) await this.#resend()
  }

  /** The owner uses the next nonce elsewhere, with a fee that no registration offers. */
  async #sendForeign(): Promise<void> {
    const { lane, owner } = this.#stage
    const { rpcUrl, chainId } = lane.chain
    const nonce = Number(await rpc(rpcUrl, 'eth_getTransactionCount', [owner.address, 'latest']))
    const fees = { maxFeePerGas: 500_000_000_000n, maxPriorityFeePerGas: 100_000_000_000n }
    const raw = await owner.signTransaction({
      chainId,
      nonce,
      to: owner.address,
      gas: 21_000n,
      type: 'eip1559',
      ...fees,
    })
    this.foreign.push(String(await rpc(rpcUrl, 'eth_sendRawTransaction', [raw])))
  }

  /** A node that never forgot them sends all transactions again; some are refused. */
  async #resend(): Promise<void> {
    const { rpcUrl } = this.#stage.lane.chain
    for (const raw of this.#raws) await rpc(rpcUrl, 'eth_sendRawTransaction', [raw]).catch(() => undefined)
  }

  /** At the end everything that was ever signed and sent comes back: had two nonces been used, there would be two mints. */
  async comeBack(): Promise<void> {
    await this.#resend()
    await this.#stage.lane.control.mine(2)
  }
}
