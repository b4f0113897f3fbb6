import {
  type Abi,
  BaseError,
  type ContractFunctionArgs,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  decodeEventLog,
  defineChain,
  type Hex,
  http,
  type TransactionReceipt,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Chain } from '../../src/sandbox/chain/start-chain.ts'
import type { Address } from '../../src/util/hex.ts'
import { REGISTRY_ABI } from './registry-abi.ts'

type Write = 'register' | 'setAgentURI' | 'setMetadata' | 'setAgentWallet' | 'unsetAgentWallet' | Erc721Write
type Erc721Write = 'approve' | 'setApprovalForAll' | 'transferFrom' | 'safeTransferFrom'

/** The registry of a local chain, called as a few people. */
export function registryClient({ rpcUrl, chainId, accounts, registry }: Chain) {
  const chain = defineChain({
    id: chainId,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const transport = http(rpcUrl, { retryCount: 0 })
  const reader = createPublicClient({ chain, transport, pollingInterval: 10, cacheTime: 0 })
  const people = accounts.map(({ privateKey }) => privateKeyToAccount(privateKey))
  const contract = { address: registry, abi: REGISTRY_ABI } as const

  return {
    reader,
    registry,
    contract,
    person: (index: number): PrivateKeyAccount => {
      const found = people[index]
      if (found === undefined) throw new Error(`there is no account ${index}`)
      return found
    },
    /** Sends one call, simulated first; rejects when it would revert. */
    write: async <const name extends Write>(
      account: PrivateKeyAccount,
      functionName: name,
      args: ContractFunctionArgs<typeof REGISTRY_ABI, 'nonpayable', name> & readonly unknown[],
    ): Promise<TransactionReceipt> => {
      const wallet = createWalletClient({ account, chain, transport })
      const call: { address: Address; abi: Abi; functionName: string; args: readonly unknown[] } = {
        ...contract,
        functionName,
        args,
      }
      const { request } = await reader.simulateContract({ ...call, account })
      return reader.waitForTransactionReceipt({ hash: await wallet.writeContract({ ...request, account, chain }) })
    },
    deploy: async (account: PrivateKeyAccount, abi: Abi, bytecode: Hex): Promise<Address> => {
      const hash = await createWalletClient({ account, chain, transport }).deployContract({ abi, bytecode })
      const { contractAddress } = await reader.waitForTransactionReceipt({ hash })
      if (contractAddress === null || contractAddress === undefined) throw new Error('nothing was deployed')
      return contractAddress
    },
  }
}

/** Events of a receipt in order: name and arguments. */
export function eventsOf(
  receipt: TransactionReceipt,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return receipt.logs.map(({ topics, data }) => {
    const { eventName, args } = decodeEventLog({ abi: REGISTRY_ABI, topics, data })
    return [eventName, { ...args }]
  })
}

/** For `assert.rejects`: a revert with that string, or with the custom error of that name. */
export function revertsWith(expected: string): (error: unknown) => boolean {
  return (error) => {
    const cause =
      error instanceof BaseError ? error.walk((item) => item instanceof ContractFunctionRevertedError) : undefined
    if (!(cause instanceof ContractFunctionRevertedError)) throw error
    const actual = cause.data?.errorName === 'Error' ? cause.reason : (cause.data?.errorName ?? cause.reason)
    if (actual !== expected) throw new Error(`it reverts with ${actual}, not ${expected}`)
    return true
  }
}

/** Code of an artifact, whose JSON module only says that it is a string. */
export function hexOf(code: string): Hex {
  return `0x${code.slice(2)}`
}
