import { encodeSetWallet } from '../chain/encode-set-wallet.ts'
import type { AgentWalletSet } from '../chain/types.ts'
import type { ChainFacts } from '../plan/chain.ts'
import type { Hex } from '../util/hex.ts'
import type { RegisterPorts } from './ports.ts'
import type { TargetedStep } from './sight.ts'

/** Seconds: less than the 300 the registry allows, so that a block some seconds ahead still takes it. */
const VALID_FOR = 240n

/**
 * The call that sets the agent's wallet, with the wallet's own signature (EIP-712), good for the next minutes by the
 * chain's clock. This machine's clock counts only where the chain's has stood still, and only if the registry agrees.
 * Undefined without a wallet, an id or a signer. SIDE EFFECTS: asks the wallet's signer; may simulate.
 */
export async function walletCall(
  step: TargetedStep,
  { block }: { readonly block: Pick<ChainFacts['block'], 'timestamp'> },
  ports: RegisterPorts,
): Promise<Hex | undefined> {
  const { wallet, agentId, identity } = step
  if (wallet === undefined || agentId === undefined) return undefined
  const signer = await ports.signer(wallet)
  if (signer === undefined) return undefined
  const { chainId, registry, owner } = identity
  const call = async (deadline: bigint): Promise<Hex> => {
    const message: AgentWalletSet = { chainId, registry, agentId, newWallet: wallet, owner, deadline }
    return encodeSetWallet(message, await signer.signAgentWalletSet(message, ports.signal))
  }
  const byChain = await call(block.timestamp + VALID_FOR)
  const byClock = BigInt(Math.floor(ports.now() / 1000)) + VALID_FOR
  if (byClock - block.timestamp < VALID_FOR + 60n) return byChain
  const asked = await ports.chain.simulate({ from: owner, to: registry, data: byChain }, ports.signal)
  return asked.result === 'success' ? byChain : call(byClock)
}
