import assert from 'node:assert/strict'
import { createCipheriv, pbkdf2Sync } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { after, before, type TestContext } from 'node:test'
import { keccak256, stringToBytes } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type ChainControl, chainControl } from '../../src/sandbox/chain/chain-control.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import { type Chain, startChain } from '../../src/sandbox/chain/start-chain.ts'
import type { Address, Hex } from '../../src/util/hex.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { type RpcProxy, startRpcProxy } from '../../tools/chaos/rpc-proxy.ts'
import type { CliOptions, CliRun } from '../support/run-cli.ts'
import { offer, openShop, PAYEE, type Shop, type ShopOptions, seen } from './shop.ts'

export const BASE_URL = 'https://shop.example.com'
export const DOCUMENT = '/.well-known/agent-registration.json'
export const IDENTITY = 'AgentIdentity.obol.org/x402/default'
export const X402: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }

const BASE_SEPOLIA = 84_532
const ETHER = 10n ** 18n
const REGISTERED = '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a'

/** A key, and whose it is. */
export type Account = { readonly address: Address; readonly privateKey: Hex }

/** An identity as it was minted. */
export type Minted = { readonly agentId: string; readonly hash: Hex }

/** A workspace with a sandbox, an owner of its own, and a chain that says it is base-sepolia. */
export type ChainShop = Shop & {
  readonly chain: Chain
  readonly control: ChainControl
  readonly owner: Account
  /** Through which the command reaches the chain, and which sees what it asks. */
  readonly proxy: RpcProxy
  /** SIDE EFFECTS: writes obol.yaml: the usual spec of the shop with these fields; undefined takes one out. */
  configure(spec: Spec): void
  /** SIDE EFFECTS: writes a file of mode 0600. */
  writeSecret(path: string, text: string): void
  /** How many transactions of the owner are in blocks. */
  sent(): Promise<number>
  /** What the owner minted, in order. */
  minted(): Promise<readonly Minted[]>
  /** What the cluster says of base-sepolia. */
  agentId(): string | undefined
  /** Types of the journal's records, in order. */
  events(): readonly string[]
}

export type Spec = Readonly<Record<string, JsonValue | undefined>>

export type ChainShopOptions = ShopOptions & {
  /** Names the owner: the same name, the same key. Default: the name of the test. */
  readonly owner?: string
  /** Fields of the workspace's spec beside the usual ones. */
  readonly spec?: Spec
  /** Wei; one coin by default. */
  readonly balance?: bigint
}

/** One chain for the tests of a file; call the result inside a test. SIDE EFFECTS: runs anvil until the file is done. */
export function chainOfFile(): () => Chain {
  let started: Chain | undefined
  before(async () => {
    started = await startChain({ chainId: BASE_SEPOLIA })
  })
  after(() => started?.stop())
  return () => {
    if (started === undefined) throw new Error('the chain was not started: call chain() inside a test')
    return started
  }
}

/**
 * A shop that registers: `offers/hello.yaml` with a registration, signed by `owner.key`, final in the block it is in. The
 * clock is the real one. SIDE EFFECTS: listens on loopback until the test ends; funds the owner.
 */
export async function openChainShop(t: TestContext, chain: Chain, options: ChainShopOptions = {}): Promise<ChainShop> {
  const { owner: name = t.fullName, spec = {}, balance = ETHER, ...more } = options
  const objects = [X402, ...(more.sandbox?.objects ?? [])]
  const files = { 'offers/hello.yaml': registered('hello'), ...more.files }
  const shop = await openShop(t, { ...more, files, sandbox: { ...more.sandbox, objects } })
  const proxy = await startRpcProxy(chain.rpcUrl)
  t.after(() => proxy.stop())
  const control = chainControl(chain.rpcUrl)
  const owner = accountOf(name)
  await control.setBalance(owner.address, balance)
  const usual: Spec = {
    id: 'shop-1',
    host: { address: '192.0.2.10' },
    baseUrl: BASE_URL,
    signer: { keyFile: 'owner.key' },
    chains: { 'base-sepolia': { rpc: proxy.url('rpc'), confirmations: 1 } },
  }
  const configure = (fields: Spec): void => {
    const all = { ...usual, ...fields }
    const document = {
      apiVersion: 'offers.obol.org/v1alpha1',
      kind: 'Workspace',
      metadata: { name: 'shop' },
      spec: all,
    }
    shop.write('obol.yaml', JSON.stringify(document))
  }
  const writeSecret = (path: string, text: string): void => chmodSync(shop.write(path, text), 0o600)
  writeSecret('owner.key', `${owner.privateKey}\n`)
  configure(spec)
  return {
    ...shop,
    obol: (args: readonly string[], run: CliOptions = {}) => shop.obol(args, { now: () => new Date(), ...run }),
    chain,
    control,
    owner,
    proxy,
    configure,
    writeSecret,
    sent: () => sentBy(chain, owner.address),
    minted: () => mintedBy(chain, owner.address),
    agentId: () => agentIdIn(shop.sandbox.object(IDENTITY)),
    events: () => recordsOf(shop).map(({ type }) => String(type)),
  }
}

/** The account of a name: the same on every run. */
export function accountOf(name: string): Account {
  const privateKey = keccak256(stringToBytes(`obol test account ${name}`))
  return { privateKey, address: privateKeyToAccount(privateKey).address }
}

/** An offer of type http with a registration; `more` are lines of it, indented by four. */
export function registered(name: string, more = '', payTo: string = PAYEE): string {
  return offer(
    name,
    undefined,
    payTo,
    `  registration:\n    name: ${name}\n    description: Sold by the test.\n${more}`,
  )
}

/** The records of the journal, parsed. */
export function recordsOf(shop: Pick<Shop, 'journal'>): readonly JsonObject[] {
  const lines = shop.journal().split('\n').filter(Boolean)
  return lines.map((line): JsonValue => JSON.parse(line)).filter(isJsonObject)
}

/** Runs `obol apply --yes`, which must end with 0. */
export async function applied(shop: ChainShop, ...args: readonly string[]): Promise<CliRun> {
  const run = await shop.obol(['apply', '--yes', ...args])
  assert.equal(run.exitCode, 0, seen(run))
  return run
}

/** Asserts that nothing is left to do, and that saying so sends nothing. */
export async function assertSettled(shop: ChainShop): Promise<void> {
  const before = await shop.sent()
  const run = await shop.obol(['plan', '--exit-code'])
  assert.equal(run.exitCode, 0, seen(run))
  assert.equal(await shop.sent(), before)
}

/** The methods that the command called since `proxy.begin`, each once, sorted. */
export function methodsOf({ proxy }: Pick<ChainShop, 'proxy'>): readonly string[] {
  return [...new Set(proxy.exchanges().flatMap(({ methods }) => methods))].toSorted()
}

/** How many transactions the command broadcast since `proxy.begin`. */
export function broadcasts({ proxy }: Pick<ChainShop, 'proxy'>): number {
  return proxy.exchanges().filter(({ methods }) => methods.includes('eth_sendRawTransaction')).length
}

/** A text with what differs from run to run in `*`: ports, times, fees, gas. */
export function steady(text: string): string {
  return (
    text
      .replace(/127\.0\.0\.1:\d+/g, (found) => found.replace(/\d+$/, (digits) => '*'.repeat(digits.length)))
      .replace(/\d+\.\d+ s\b/g, (found) => found.replace(/\d/g, '*'))
      .replace(/0\.0\d+( to 0\.0\d+)? ETH/g, (found) => found.replace(/[\d.]+/g, '*'))
      // The first mint of a chain takes more.
      .replace(/gas +[\d,]+, at most [\d,]+/g, (found) => found.replace(/\d/g, '*'))
  )
}

async function sentBy({ rpcUrl }: Chain, address: Address): Promise<number> {
  return Number(await rpc(rpcUrl, 'eth_getTransactionCount', [address, 'latest']))
}

async function mintedBy({ rpcUrl, registry }: Chain, owner: Address): Promise<readonly Minted[]> {
  const topics = [REGISTERED, null, `0x${owner.slice(2).toLowerCase().padStart(64, '0')}`]
  const logs = await rpc(rpcUrl, 'eth_getLogs', [{ address: registry, fromBlock: '0x0', toBlock: 'latest', topics }])
  return (isJsonArray(logs) ? logs.filter(isJsonObject) : []).map((log) => ({
    agentId: String(BigInt(String(jsonAt(log, ['topics', 1])))),
    hash: `0x${String(log['transactionHash']).slice(2)}`,
  }))
}

function agentIdIn(identity: JsonObject | undefined): string | undefined {
  const list = jsonAt(identity, ['status', 'registrations'])
  const entry = (isJsonArray(list) ? list.filter(isJsonObject) : []).find(({ chain }) => chain === 'base-sepolia')
  return entry === undefined ? undefined : String(entry['agentId'])
}

/** The key of an account in a keystore of version 3 (Web3 Secret Storage) that is opened quickly. */
export function keystoreOf({ address, privateKey }: Account, password: string): string {
  const [salt, iv] = [Buffer.alloc(32, 1), Buffer.alloc(16, 2)]
  const rounds = 1_000
  const derived = pbkdf2Sync(password, salt, rounds, 32, 'sha256')
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(privateKey.slice(2), 'hex')), cipher.final()])
  const mac = keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2)
  const kdfparams = { c: rounds, dklen: 32, prf: 'hmac-sha256', salt: salt.toString('hex') }
  const crypto = {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: iv.toString('hex') },
    ciphertext: ciphertext.toString('hex'),
    kdf: 'pbkdf2',
    kdfparams,
    mac,
  }
  return JSON.stringify({ version: 3, id: 'x', address: address.slice(2).toLowerCase(), crypto })
}
