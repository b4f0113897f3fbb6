import { ObolError } from '../../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../../errors/sandbox.ts'
import type { Address, Hex } from '../../util/hex.ts'
import type { JsonValue } from '../../util/json.ts'
import { rpc } from './rpc.ts'

/** A transaction sent by the node for an address without a key. */
export type ImpersonatedTransaction = {
  readonly from: Address
  /** Absent: `data` is the creation code of a contract. */
  readonly to?: Address
  readonly data?: Hex
  /** Wei. */
  readonly value?: bigint
  readonly gas?: bigint
}

/**
 * What a test can make happen on a local chain. Every method rejects with ObolError OBOL-S008 when the node refuses.
 * SIDE EFFECTS: all of them change the chain or its pool.
 */
export type ChainControl = {
  /** Mines blocks (1), whatever waits in the pool included in the first. */
  mine(blocks?: number): Promise<void>
  /** A block for each transaction, or none until `mine`. */
  setAutomine(on: boolean): Promise<void>
  /** Takes a waiting transaction out of the pool; false when it was not there. */
  dropTransaction(hash: Hex): Promise<boolean>
  /** Empties the pool. */
  dropAll(): Promise<void>
  /** An id for `revert`. */
  snapshot(): Promise<Hex>
  /** Back to a snapshot, which is used up by it, as are later ones; the pool is emptied. */
  revert(snapshot: Hex): Promise<void>
  /** Replaces the last blocks by as many empty ones; their transactions are gone, not back in the pool. */
  reorg(depth: number): Promise<void>
  /** Moves the clock of later blocks forward. */
  increaseTime(seconds: number): Promise<void>
  /** Exact time of the next block, in Unix seconds; not before the last one's. */
  setNextTimestamp(seconds: bigint): Promise<void>
  /** Wei. */
  setNextBaseFee(fee: bigint): Promise<void>
  /** Wei. */
  setBalance(address: Address, balance: bigint): Promise<void>
  setCode(address: Address, code: Hex): Promise<void>
  /** Sends for an address without its key; resolves to the hash, which may not be mined yet. */
  sendAs(transaction: ImpersonatedTransaction): Promise<Hex>
}

/** Control of the local chain behind a URL. */
export function chainControl(rpcUrl: string): ChainControl {
  const call = (method: string, ...params: readonly JsonValue[]): Promise<JsonValue> => rpc(rpcUrl, method, params)
  const run = async (method: string, ...params: readonly JsonValue[]): Promise<void> => {
    await call(method, ...params)
  }
  return {
    mine: (blocks = 1) => run('anvil_mine', quantity(blocks)),
    setAutomine: (on) => run('evm_setAutomine', on),
    dropTransaction: async (hash) => (await call('anvil_dropTransaction', hash)) !== null,
    dropAll: () => run('anvil_dropAllTransactions'),
    snapshot: async () => hexOf(await call('evm_snapshot')),
    revert: async (snapshot) => {
      // anvil says false where others have an error.
      if ((await call('evm_revert', snapshot)) === true) return
      throw new ObolError(SANDBOX_ERRORS.CHAIN_CALL_FAILED, { details: [`evm_revert: no snapshot ${snapshot}`] })
    },
    reorg: (depth) => run('anvil_reorg', depth, []),
    increaseTime: (seconds) => run('evm_increaseTime', seconds),
    setNextTimestamp: (seconds) => run('evm_setNextBlockTimestamp', quantity(seconds)),
    setNextBaseFee: (fee) => run('anvil_setNextBlockBaseFeePerGas', quantity(fee)),
    setBalance: (address, balance) => run('anvil_setBalance', address, quantity(balance)),
    setCode: (address, code) => run('anvil_setCode', address, code),
    sendAs: async ({ from, to, data, value, gas }) => {
      const transaction = {
        from,
        ...(to === undefined ? {} : { to }),
        ...(data === undefined ? {} : { data }),
        ...(value === undefined ? {} : { value: quantity(value) }),
        ...(gas === undefined ? {} : { gas: quantity(gas) }),
      }
      await run('anvil_impersonateAccount', from)
      try {
        return hexOf(await call('eth_sendTransaction', transaction))
      } finally {
        await run('anvil_stopImpersonatingAccount', from)
      }
    },
  }
}

function quantity(value: number | bigint): Hex {
  return `0x${value.toString(16)}`
}

function hexOf(value: JsonValue): Hex {
  return `0x${String(value).slice(2)}`
}
