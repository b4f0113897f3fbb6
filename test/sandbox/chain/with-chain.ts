import type { TestContext } from 'node:test'
import { type ChainControl, chainControl } from '../../../src/sandbox/chain/chain-control.ts'
import { type Chain, type ChainOptions, startChain } from '../../../src/sandbox/chain/start-chain.ts'

/** Starts a local chain that stops with the test. SIDE EFFECTS: runs anvil until then. */
export async function withChain(
  t: Pick<TestContext, 'after'>,
  options: ChainOptions = {},
): Promise<{ readonly chain: Chain; readonly control: ChainControl }> {
  const chain = await startChain(options)
  t.after(() => chain.stop())
  return { chain, control: chainControl(chain.rpcUrl) }
}
