import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  keccak256,
  pad,
  parseTransaction,
  serializeTransaction,
  stringToHex,
  toHex,
} from 'viem'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import { IDEM_KEY } from '../../src/chain/idempotency-key.ts'
import type {
  Block,
  ChainWriter,
  IdentityQuery,
  Log,
  Receipt,
  SendResult,
  Signer,
  Simulation,
} from '../../src/chain/types.ts'
import type { ChainFacts, OwnedIdentity } from '../../src/plan/chain.ts'
import type { Address, Hex } from '../../src/util/hex.ts'

export const REGISTRY: Address = '0x8004A818BFB912233c491871b3d84c89A494BD9e'
export const OWNER: Address = '0x1111111111111111111111111111111111111111'
export const OTHER: Address = '0x2222222222222222222222222222222222222222'
export const CHAIN_ID = 31337

type Token = {
  readonly agentId: bigint
  readonly owner: Address
  readonly uri: string
  readonly wallet: Address
  readonly metadata: Readonly<Record<string, Hex>>
}

type Transaction = {
  readonly hash: Hex
  readonly nonce: number
  readonly data: Hex
  readonly maxFeePerGas: bigint
  /** Not one of ours: it does nothing but use the nonce. */
  readonly isForeign: boolean
}

type Mined = {
  readonly transaction: Transaction
  readonly status: Receipt['status']
  readonly logs: readonly Log[]
  readonly gasPrice: bigint
}

type FullBlock = Block & {
  readonly mined: readonly Mined[]
  readonly nonce: number
  readonly nextId: bigint
  readonly tokens: readonly Token[]
}

export type FakeChainOptions = {
  /** Default 1 gwei. */
  readonly baseFee?: bigint
  /** Default 1 ether. */
  readonly balance?: bigint
  /** Default 0. */
  readonly firstId?: bigint
}

/** What happens around a call of the door: may wait, reject, or answer `send` in the chain's place. */
export type DoorHook = {
  readonly before?: (method: string) => Promise<void>
  readonly after?: (method: string) => Promise<void>
  /** `deliver` hands the transaction to the pool; the returned answer is given. */
  readonly send?: (deliver: () => SendResult) => Promise<SendResult>
  /** How many blocks behind the head this door reads. */
  readonly lag?: () => number
}

const FIRST_TIMESTAMP = 1_800_000_000n
const GAS_USED = 150_000n

/**
 * A chain with one owner and the registry, in memory: blocks with a state each, and a pool by nonce. It executes the same
 * calldata as the real registry, mints on every `register`, and can be reorganised.
 */
export class FakeChain {
  readonly #pool = new Map<number, Transaction>()
  readonly #everSent = new Map<Hex, Transaction>()
  #blocks: FullBlock[]
  #salt = 0
  #othersMint = 0n
  baseFee: bigint
  balance: bigint
  /** What a mint is simulated with. */
  gas = 150_000n
  /** Why a simulation reverts, when it does. */
  revertReason: string | undefined
  /** True: what is mined from now on reverts. */
  reverts = false

  constructor(options: FakeChainOptions = {}) {
    this.baseFee = options.baseFee ?? 1_000_000_000n
    this.balance = options.balance ?? 10n ** 18n
    const { baseFee } = this
    const genesis = { number: 0n, hash: hashOf('genesis'), timestamp: FIRST_TIMESTAMP, baseFee }
    this.#blocks = [{ ...genesis, mined: [], nonce: 0, nextId: options.firstId ?? 0n, tokens: [] }]
  }

  get head(): FullBlock {
    return this.#at(this.#blocks.length - 1)
  }

  get tokens(): readonly Token[] {
    return this.head.tokens
  }

  /** Hashes of the canonical transactions, oldest first. */
  get transactions(): readonly Transaction[] {
    return this.#blocks.flatMap(({ mined }) => mined.map(({ transaction }) => transaction))
  }

  get pending(): readonly Transaction[] {
    return [...this.#pool.values()]
  }

  mine(blocks = 1): void {
    for (let i = 0; i < blocks; i += 1) this.#blocks.push(this.#next(true))
  }

  /** Takes the newest blocks back and puts as many empty ones in their place; their transactions wait in the pool again, or are lost. */
  reorg(depth: number, keepTransactions = true): void {
    const lost = this.#blocks.slice(Math.max(1, this.#blocks.length - depth))
    this.#blocks = this.#blocks.slice(0, this.#blocks.length - lost.length)
    this.#salt += 1
    for (const _ of lost) this.#blocks.push(this.#next(false))
    if (!keepTransactions) return
    for (const { transaction } of lost.flatMap(({ mined }) => mined)) {
      if (!this.#pool.has(transaction.nonce)) this.#pool.set(transaction.nonce, transaction)
    }
  }

  /** Every transaction waiting is forgotten. */
  drop(): void {
    this.#pool.clear()
  }

  /** Puts back whatever was ever sent and may still be mined, as a node that never forgot it would. */
  resurrect(): void {
    for (const transaction of this.#everSent.values()) {
      if (transaction.nonce >= this.head.nonce && !this.#pool.has(transaction.nonce)) {
        this.#pool.set(transaction.nonce, transaction)
      }
    }
  }

  /** The owner sends something from elsewhere; it takes the next nonce, whoever waits there. */
  sendForeign(nonce = this.head.nonce): void {
    this.#salt += 1
    const hash = hashOf(`foreign ${this.#salt}`)
    const transaction = { hash, nonce, data: '0x' as const, maxFeePerGas: 10n ** 18n, isForeign: true }
    this.#pool.set(nonce, transaction)
  }

  /** Somebody else registers in the next block: the next id is another one. */
  mintForOthers(): void {
    this.#othersMint += 1n
  }

  /** Gives a token to somebody else, as its owner would in another program, without a transaction. */
  give(agentId: bigint, to: Address): void {
    this.#edit((tokens) => tokens.map((token) => (token.agentId === agentId ? { ...token, owner: to } : token)))
  }

  /** Adds a token of the owner, as another program would have minted it. */
  plant(token: Partial<Token>): void {
    const planted = { agentId: this.head.nextId, owner: OWNER, uri: '', wallet: OWNER, metadata: {}, ...token }
    this.#edit((tokens) => [...tokens, planted])
  }

  /** What a node does with a raw transaction. */
  accept(raw: Hex): SendResult {
    const transaction = decode(raw)
    const { nonce, hash, maxFeePerGas } = transaction
    if (nonce < this.head.nonce) return { result: 'nonce-spent', message: 'nonce too low' }
    const waiting = this.#pool.get(nonce)
    if (waiting?.hash === hash) return { result: 'accepted' }
    if (waiting !== undefined && maxFeePerGas * 10n < waiting.maxFeePerGas * 11n) {
      return { result: 'underpriced', message: 'replacement transaction underpriced' }
    }
    this.#everSent.set(hash, transaction)
    this.#pool.set(nonce, transaction)
    return { result: 'accepted' }
  }

  /** A door to this chain. */
  door(hook: DoorHook = {}): ChainWriter {
    const around = async <T>(method: string, read: () => T): Promise<T> => {
      await hook.before?.(method)
      const answer = read()
      await hook.after?.(method)
      return answer
    }
    const viewed = (): FullBlock => this.#at(Math.max(0, this.#blocks.length - 1 - (hook.lag?.() ?? 0)))
    return {
      chainId: CHAIN_ID,
      head: () => around('head', () => viewed()),
      block: (number) => around('block', () => this.#blocks[Number(number)]),
      receipt: (hash) => Promise.resolve(this.#receipt(hash, viewed().number)),
      simulate: ({ data }) => around('simulate', () => this.#simulate(data)),
      fees: () => around('fees', () => ({ baseFee: this.baseFee, priorityFee: 1_000_000n })),
      observe: async (query) => {
        // Nonces before the rest, as the real door does: the chain may move in between.
        const block = await around('observe', viewed)
        return { result: 'read', facts: this.#facts(query, block) }
      },
      send: async (raw) => {
        await hook.before?.('send')
        const answer = hook.send === undefined ? this.accept(raw) : await hook.send(() => this.accept(raw))
        await hook.after?.('send')
        return answer
      },
    }
  }

  #facts(query: IdentityQuery, block: FullBlock): ChainFacts {
    const { confirmations, metadata } = query.identity
    const settled = this.#at(Math.max(0, Number(block.number) - confirmations + 1))
    let pending = block.nonce
    while (this.#pool.has(pending)) pending += 1
    const owned = block.tokens.filter(({ owner }) => owner === query.owner)
    const gone = block.tokens.filter((token) => token.owner !== query.owner && token.metadata[IDEM_KEY] === query.idem)
    const { number, hash, timestamp } = block
    return {
      block: { number, hash, timestamp },
      registry: { codeHash: hashOf('registry'), version: '2.0.0' },
      owner: query.owner,
      ownerIsContract: false,
      nonce: { latest: block.nonce, pending, settled: Math.min(settled.nonce, block.nonce) },
      balance: this.balance,
      fees: { baseFee: this.baseFee, priorityFee: 1_000_000n },
      identities: owned.map((token) => ownedIdentity(token, Object.keys(metadata))),
      left: gone.map(({ agentId, owner }) => ({ agentId: String(agentId), to: owner })),
    }
  }

  #simulate(data: Hex): Simulation {
    if (this.revertReason !== undefined) return { result: 'reverted', reason: this.revertReason }
    const { functionName } = decodeFunctionData({ abi: REGISTRY_ABI, data })
    return { result: 'success', returned: '0x', gas: functionName === 'register' ? this.gas : 50_000n, l1Fee: 0n }
  }

  #receipt(hash: Hex, upTo: bigint): Receipt | undefined {
    for (const block of this.#blocks) {
      const found = block.mined.find(({ transaction }) => transaction.hash === hash)
      if (found === undefined || block.number > upTo) continue
      const { status, logs, gasPrice } = found
      return { hash, status, logs, blockNumber: block.number, blockHash: block.hash, fee: GAS_USED * gasPrice }
    }
    return undefined
  }

  #next(takesTransactions: boolean): FullBlock {
    const parent = this.head
    const number = parent.number + 1n
    const hash = hashOf(`${parent.hash} ${number} ${this.#salt}`)
    const { baseFee } = this
    let state: State = { ...parent, nextId: parent.nextId + this.#othersMint, mined: [] }
    this.#othersMint = 0n
    while (takesTransactions) {
      const transaction = this.#pool.get(state.nonce)
      if (transaction === undefined || transaction.maxFeePerGas < baseFee) break
      this.#pool.delete(state.nonce)
      state = execute(state, transaction, this.reverts, baseFee)
    }
    return { number, hash, timestamp: parent.timestamp + 2n, baseFee, ...pick(state) }
  }

  #edit(change: (tokens: readonly Token[]) => readonly Token[]): void {
    const { head } = this
    const tokens = change(head.tokens)
    const nextId = tokens.reduce((next, { agentId }) => (agentId >= next ? agentId + 1n : next), head.nextId)
    this.#blocks[this.#blocks.length - 1] = { ...head, tokens, nextId }
  }

  #at(index: number): FullBlock {
    const block = this.#blocks[index]
    if (block === undefined) throw new Error(`no block ${index}`)
    return block
  }
}

/** Signs with a signature that nobody checks: fast, and the chain has one owner only. */
export function fakeSigner(address: Address = OWNER): Signer {
  return {
    address,
    description: 'fake',
    signTransaction: async ({ to, ...transaction }) => {
      const signature = { r: toHex(1, { size: 32 }), s: toHex(1, { size: 32 }), yParity: 0 }
      const raw = serializeTransaction({ ...transaction, to, type: 'eip1559' as const }, signature)
      return { raw, hash: keccak256(raw) }
    },
    signAgentWalletSet: async ({ deadline }) => pad(toHex(deadline), { size: 65 }),
  }
}

type State = Pick<FullBlock, 'nonce' | 'nextId' | 'tokens' | 'mined'>

function pick({ nonce, nextId, tokens, mined }: State): State {
  return { nonce, nextId, tokens, mined }
}

function execute(state: State, transaction: Transaction, reverts: boolean, gasPrice: bigint): State {
  const nonce = state.nonce + 1
  const mined = (status: Receipt['status'], logs: readonly Log[]) => [
    ...state.mined,
    { transaction, status, logs, gasPrice },
  ]
  if (transaction.isForeign) return { ...state, nonce, mined: mined('success', []) }
  if (reverts) return { ...state, nonce, mined: mined('reverted', []) }
  const { functionName, args } = decodeFunctionData({ abi: REGISTRY_ABI, data: transaction.data })
  switch (functionName) {
    case 'register': {
      const agentId = state.nextId
      const [uri, entries] = args
      const metadata = Object.fromEntries(entries.map(({ metadataKey, metadataValue }) => [metadataKey, metadataValue]))
      const token = { agentId, owner: OWNER, wallet: OWNER, uri, metadata }
      const logs = [registered(agentId, uri)]
      return { nonce, nextId: agentId + 1n, tokens: [...state.tokens, token], mined: mined('success', logs) }
    }
    case 'setAgentURI':
      return { ...state, nonce, mined: mined('success', []), tokens: edited(state, args[0], () => ({ uri: args[1] })) }
    case 'setMetadata': {
      const [id, key, value] = args
      const tokens = edited(state, id, ({ metadata }) => ({ metadata: { ...metadata, [key]: value } }))
      return { ...state, nonce, mined: mined('success', []), tokens }
    }
    case 'setAgentWallet': {
      const tokens = edited(state, args[0], () => ({ wallet: args[1] }))
      return { ...state, nonce, mined: mined('success', []), tokens }
    }
    default:
      return { ...state, nonce, mined: mined('reverted', []) }
  }
}

function edited(state: State, id: bigint, change: (token: Token) => Partial<Token>): readonly Token[] {
  return state.tokens.map((token) => (token.agentId === id ? { ...token, ...change(token) } : token))
}

function registered(agentId: bigint, uri: string): Log {
  const topics = encodeEventTopics({ abi: REGISTRY_ABI, eventName: 'Registered', args: { agentId, owner: OWNER } })
  return {
    address: REGISTRY,
    topics: topics.filter((topic) => typeof topic === 'string'),
    data: encodeAbiParameters([{ type: 'string' }], [uri]),
  }
}

function ownedIdentity(token: Token, wanted: readonly string[]): OwnedIdentity {
  const { agentId, uri, wallet, metadata } = token
  const idem = metadata[IDEM_KEY]
  const values = wanted.flatMap((key) => {
    const value = key === IDEM_KEY ? undefined : metadata[key]
    return value === undefined ? [] : [[key, value] as const]
  })
  return {
    agentId: String(agentId),
    uri,
    wallet,
    ...(idem === undefined ? {} : { idem }),
    metadata: Object.fromEntries(values),
  }
}

const decoded = new Map<Hex, Transaction>()

function decode(raw: Hex): Transaction {
  const known = decoded.get(raw)
  if (known !== undefined) return known
  const { nonce = 0, data = '0x', maxFeePerGas = 0n } = parseTransaction(raw)
  const transaction = { hash: keccak256(raw), nonce, data, maxFeePerGas, isForeign: false }
  decoded.set(raw, transaction)
  return transaction
}

const hashOf = (text: string): Hex => keccak256(stringToHex(text))
