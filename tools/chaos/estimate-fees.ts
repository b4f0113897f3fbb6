import { keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import { checkedSigner } from '../../src/chain/signers/checked-signer.ts'
import { localKey } from '../../src/chain/signers/local-key.ts'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import { type ChainLedger, reduceChain } from '../../src/journal/reduce-chain.ts'
import { planChain } from '../../src/register/plan-chain.ts'
import { runChainStep } from '../../src/register/run-chain-step.ts'
import { type ChainControl, chainControl } from '../../src/sandbox/chain/chain-control.ts'
import { type Chain, startChain } from '../../src/sandbox/chain/start-chain.ts'
import { type Random, randomOf } from '../fuzz/random.ts'
import { desiredIdentity } from './identity.ts'
import { CONFIRMATIONS, NETWORK } from './lane.ts'

/** What the plan showed and what was paid, in wei. */
export type FeeSample = { readonly low: bigint; readonly high: bigint; readonly paid: bigint }

/** EIP-1559: from one block to the next the base fee moves by an eighth at most. */
const MOST_MOVE = 125
const LEAST_BASE_FEE = 1_000_000n
const FIRST_BASE_FEE = 1_000_000_000n
/** Between plan and apply. */
const MOST_BLOCKS = 3

/**
 * Registers that often on a local chain whose base fee wanders by up to 12.5 % per block, with up to three blocks between
 * plan and apply. SIDE EFFECTS: starts a chain and ends it.
 */
export async function estimateFees(seed: number, runs: number): Promise<readonly FeeSample[]> {
  const chain = await startChain({ noMining: true, baseFee: FIRST_BASE_FEE })
  const market = new Market(chainControl(chain.rpcUrl), randomOf(seed, 0))
  try {
    const samples: FeeSample[] = []
    for (let run = 0; run < runs; run += 1) samples.push(await sample(chain, market, `fees ${seed}/${run}`))
    return samples
  } finally {
    await chain.stop()
  }
}

/** True when what was paid lies in the range that was shown. */
export function isInside({ low, high, paid }: FeeSample): boolean {
  return low <= paid && paid <= high
}

/** A base fee on a random walk. */
class Market {
  readonly control: ChainControl
  readonly random: Random
  #baseFee = FIRST_BASE_FEE

  constructor(control: ChainControl, random: Random) {
    this.control = control
    this.random = random
  }

  async mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i += 1) {
      const permille = 1000 + this.random.int(2 * MOST_MOVE + 1) - MOST_MOVE
      const moved = (this.#baseFee * BigInt(permille)) / 1000n
      this.#baseFee = moved < LEAST_BASE_FEE ? LEAST_BASE_FEE : moved
      await this.control.setNextBaseFee(this.#baseFee)
      await this.control.mine()
    }
  }
}

async function sample(chain: Chain, market: Market, name: string): Promise<FeeSample> {
  const key = keccak256(stringToHex(name))
  const { address } = privateKeyToAccount(key)
  await market.control.setBalance(address, 10n ** 18n)
  await market.mine(CONFIRMATIONS)
  const { rpcUrl, chainId, registry } = chain
  const door = connectChain({ rpcUrl, network: { name: NETWORK, chainId }, registry })
  const local = localKey(key)
  if (local === undefined) throw new Error('not a key')
  const signer = checkedSigner(address, 'fees', local)
  let ledger: ChainLedger = new Map()
  let paid: bigint | undefined
  const signal = new AbortController().signal
  const [step] = await planChain(
    [desiredIdentity({ network: NETWORK, chainId, registry, confirmations: CONFIRMATIONS })],
    {
      ...{ workspaceId: 'fees', ledger, signal, stamp: true, base: { url: 'https://shop.example' } },
      owner: async () => address,
      connect: () => door,
      hints: () => ({}),
      canSign: () => true,
      now: () => Date.now(),
    },
  )
  if (step?.fee === undefined) throw new Error('the plan shows no fee')
  const { low, high } = step.fee
  await market.mine(market.random.int(MOST_BLOCKS + 1))
  const record = async (event: ChainEvent): Promise<void> => {
    ledger = reduceChain(ledger, event)
    if (event.type === 'chain-final') paid = BigInt(event.fee ?? 0)
  }
  const result = await runChainStep(step, name, {
    ...{ chain: door, hints: {}, signal, ledger: { current: () => ledger, record } },
    signer: async () => signer,
    now: () => Date.now(),
    // Time passes in blocks.
    pause: () => market.mine(1),
    timing: { pollMs: 1, waitMs: 20_000, rebroadcastAfterMs: 5000, bumpAfterMs: 10_000 },
  })
  if (paid === undefined) throw new Error(`not registered: ${JSON.stringify(result)}`)
  return { low, high, paid }
}
