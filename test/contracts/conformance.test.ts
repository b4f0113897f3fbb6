import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type Abi,
  encodeFunctionData,
  type Hex,
  hashTypedData,
  keccak256,
  parseAbi,
  stringToHex,
  toEventSelector,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import contractWallet from '../../contracts/ContractWallet.json' with { type: 'json' }
import rejectingOwner from '../../contracts/RejectingOwner.json' with { type: 'json' }
import { type ChainControl, chainControl } from '../../src/sandbox/chain/chain-control.ts'
import { type Chain, startChain } from '../../src/sandbox/chain/start-chain.ts'
import type { Address } from '../../src/util/hex.ts'
import { REGISTRY_ABI } from './registry-abi.ts'
import { eventsOf, hexOf, registryClient, revertsWith } from './registry-client.ts'
import { walletSetData } from './wallet-set-data.ts'

const UNKNOWN = 10n ** 30n
const URI = `https://example.org/${'a'.repeat(33)}`
/** The deployed registry is behind an ERC-1967 proxy: a cold slot, a cold account, a delegatecall and copies. */
const PROXY_GAS = 5_000
/** What facts of the deployed registry a program may rely on, against the double that local chains have. */
describe('the registry double behaves like ERC-8004 Identity Registry 2.0.0', () => {
  let chain: Chain
  let control: ChainControl
  let client: ReturnType<typeof registryClient>
  let owner: PrivateKeyAccount
  let other: PrivateKeyAccount
  let wallet: PrivateKeyAccount
  let pristine: Hex

  before(async () => {
    chain = await startChain()
    control = chainControl(chain.rpcUrl)
    client = registryClient(chain)
    owner = client.person(0)
    other = client.person(1)
    wallet = client.person(2)
    pristine = await control.snapshot()
  })
  after(() => chain.stop())

  const read = {
    ownerOf: (id: bigint) => client.reader.readContract({ ...client.contract, functionName: 'ownerOf', args: [id] }),
    uri: (id: bigint) => client.reader.readContract({ ...client.contract, functionName: 'tokenURI', args: [id] }),
    wallet: (id: bigint) =>
      client.reader.readContract({ ...client.contract, functionName: 'getAgentWallet', args: [id] }),
    metadata: (id: bigint, key: string) =>
      client.reader.readContract({ ...client.contract, functionName: 'getMetadata', args: [id, key] }),
    balance: (who: Address) =>
      client.reader.readContract({ ...client.contract, functionName: 'balanceOf', args: [who] }),
  }

  async function mint(by = owner): Promise<bigint> {
    const receipt = await client.write(by, 'register', [URI])
    const registered = eventsOf(receipt).find(([name]) => name === 'Registered')
    assert.equal(typeof registered?.[1]['agentId'], 'bigint')
    return BigInt(String(registered?.[1]['agentId']))
  }

  async function now(): Promise<bigint> {
    return (await client.reader.getBlock()).timestamp
  }

  const walletSet = (agentId: bigint, newWallet: Address, deadline: bigint) =>
    walletSetData(chain, { agentId, newWallet, owner: owner.address, deadline })

  const sign = (id: bigint, deadline: bigint, by = wallet, to = wallet.address): Promise<Hex> =>
    by.signTypedData(walletSet(id, to, deadline))

  test('default: the first id is 0, and nothing deduplicates', async () => {
    assert.equal(await read.balance(owner.address), 0n)
    assert.equal(await mint(), 0n)
    assert.equal(await mint(), 1n)
    assert.equal(await read.balance(owner.address), 2n)
    assert.equal(await read.uri(0n), await read.uri(1n))
    assert.equal(await read.ownerOf(0n), owner.address)
  })

  test('behavior: selectors, topics and identity', async () => {
    const selectors = [
      ['register()', '0x1aa3a008'],
      ['register(string)', '0xf2c298be'],
      ['register(string,(string,bytes)[])', '0x8ea42286'],
      ['setAgentURI(uint256,string)', '0x0af28bd3'],
      ['setMetadata(uint256,string,bytes)', '0x466648da'],
      ['getMetadata(uint256,string)', '0xcb4799f2'],
      ['setAgentWallet(uint256,address,uint256,bytes)', '0x2d1ef5ae'],
      ['getAgentWallet(uint256)', '0x00339509'],
      ['unsetAgentWallet(uint256)', '0x3fddcf19'],
      ['isAuthorizedOrOwner(address,uint256)', '0xd95e72be'],
      ['getVersion()', '0x0d8e6e2c'],
      ['ownerOf(uint256)', '0x6352211e'],
      ['tokenURI(uint256)', '0xc87b56dd'],
      ['balanceOf(address)', '0x70a08231'],
    ] as const
    const code = (await client.reader.getCode({ address: chain.registry })) ?? '0x'
    for (const [signature, selector] of selectors) {
      assert.equal(toFunctionSelector(`function ${signature}`), selector)
      // The dispatcher compares with the selector as a constant, without leading zeros.
      assert.ok(code.includes(selector.slice(2).replace(/^(00)+/, '')), signature)
    }
    const read = <const name extends 'name' | 'symbol' | 'getVersion'>(functionName: name) =>
      client.reader.readContract({ ...client.contract, functionName })
    assert.deepEqual(
      [await read('name'), await read('symbol'), await read('getVersion')],
      ['AgentIdentity', 'AGENT', '2.0.0'],
    )
    const supports = (id: Hex) =>
      client.reader.readContract({ ...client.contract, functionName: 'supportsInterface', args: [id] })
    assert.equal(await supports('0x80ac58cd'), true, 'ERC-721')
    assert.equal(await supports('0x01ffc9a7'), true, 'ERC-165')
    assert.equal(await supports('0x49064906'), true, 'ERC-4906')
    assert.equal(await supports('0x780e9d63'), false, 'Enumerable')
  })

  test('behavior: the EIP-712 domain is that of the address it stands at', async () => {
    const domain = await client.reader.readContract({ ...client.contract, functionName: 'eip712Domain' })
    const [fields, name, version, chainId, verifyingContract] = domain
    assert.deepEqual(
      [fields, name, version, chainId, verifyingContract],
      ['0x0f', 'ERC8004IdentityRegistry', '1', BigInt(chain.chainId), chain.registry],
    )
  })

  test('behavior: logs of register, in order, from the registry', async () => {
    const bare = await client.write(owner, 'register', [])
    assert.deepEqual(
      eventsOf(bare).map(([name]) => name),
      ['Transfer', 'Registered', 'MetadataSet'],
    )
    const [transfer, registered, metadata] = eventsOf(bare)
    const agentId = registered?.[1]['agentId']
    assert.deepEqual(transfer?.[1], { from: zeroAddress, to: owner.address, tokenId: agentId })
    assert.deepEqual(registered?.[1], { agentId, agentURI: '', owner: owner.address })
    assert.equal(metadata?.[1]['metadataKey'], 'agentWallet')
    assert.equal(metadata?.[1]['metadataValue'], owner.address.toLowerCase())
    assert.equal(metadata?.[1]['indexedMetadataKey'], keccak256(stringToHex('agentWallet')))
    assert.ok(bare.logs.every(({ address }) => address === chain.registry.toLowerCase()))

    const withUri = await client.write(owner, 'register', [URI])
    assert.deepEqual(
      eventsOf(withUri).map(([name]) => name),
      ['Transfer', 'MetadataUpdate', 'Registered', 'MetadataSet'],
    )
    const entries = [
      { metadataKey: 'a', metadataValue: '0x01' },
      { metadataKey: 'b', metadataValue: '0x' },
    ] as const
    const full = await client.write(owner, 'register', [URI, entries])
    const events = eventsOf(full)
    assert.deepEqual(
      events.map(([name, args]) => `${name} ${args['metadataKey'] ?? ''}`.trim()),
      ['Transfer', 'MetadataUpdate', 'Registered', 'MetadataSet agentWallet', 'MetadataSet a', 'MetadataSet b'],
    )
    const topics = new Map(full.logs.map(({ topics: [topic] }, i) => [events[i]?.[0], topic]))
    assert.equal(topics.get('Registered'), '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a')
    assert.equal(topics.get('MetadataSet'), '0x2c149ed548c6d2993cd73efe187df6eccabe4538091b33adbd25fafdb8a1468b')
    assert.equal(topics.get('MetadataUpdate'), toEventSelector('event MetadataUpdate(uint256)'))
    assert.equal(topics.get('Transfer'), toEventSelector('event Transfer(address,address,uint256)'))
  })

  test('behavior: a new agent has its owner as wallet, readable as metadata too', async () => {
    const id = await mint()
    assert.equal(await read.wallet(id), owner.address)
    assert.equal(await read.metadata(id, 'agentWallet'), owner.address.toLowerCase())
  })

  test('behavior: getMetadata and getAgentWallet never revert, ownerOf and tokenURI do', async () => {
    assert.equal(await read.metadata(UNKNOWN, 'any'), '0x')
    assert.equal(await read.wallet(UNKNOWN), zeroAddress)
    await assert.rejects(read.ownerOf(UNKNOWN), revertsWith('ERC721NonexistentToken'))
    await assert.rejects(read.uri(UNKNOWN), revertsWith('ERC721NonexistentToken'))
  })

  test('error: the key agentWallet is reserved, and register with it mints nothing', async () => {
    const id = await mint()
    const entry = { metadataKey: 'agentWallet', metadataValue: other.address } as const
    await assert.rejects(
      client.write(owner, 'setMetadata', [id, 'agentWallet', other.address]),
      revertsWith('reserved key'),
    )
    const before = await read.balance(owner.address)
    await assert.rejects(client.write(owner, 'register', [URI, [entry]]), revertsWith('reserved key'))
    assert.equal(await read.balance(owner.address), before)
  })

  test('behavior: setMetadata and setAgentURI, and again with the same value', async () => {
    const id = await mint()
    for (const _ of ['first', 'again']) {
      const receipt = await client.write(owner, 'setMetadata', [id, 'k', '0xbeef'])
      const args = {
        agentId: id,
        indexedMetadataKey: keccak256(stringToHex('k')),
        metadataKey: 'k',
        metadataValue: '0xbeef',
      }
      assert.deepEqual(eventsOf(receipt), [['MetadataSet', args]])
    }
    assert.equal(await read.metadata(id, 'k'), '0xbeef')
    for (const _ of ['first', 'again']) {
      const receipt = await client.write(owner, 'setAgentURI', [id, 'ipfs://x'])
      assert.deepEqual(eventsOf(receipt), [
        ['MetadataUpdate', { _tokenId: id }],
        ['URIUpdated', { agentId: id, newURI: 'ipfs://x', updatedBy: owner.address }],
      ])
      assert.equal(receipt.logs[1]?.topics[0], '0x3a2c7fffc2cba7582c690e3b82c453ea02a308326a98a3ad7576c606336409fb')
    }
    assert.equal(await read.uri(id), 'ipfs://x')
  })

  test('error: strangers and unknown ids', async () => {
    const id = await mint()
    const deadline = (await now()) + 60n
    const signature = await sign(id, deadline)
    const refused = 'Not authorized'
    await assert.rejects(client.write(other, 'setAgentURI', [id, 'x']), revertsWith(refused))
    await assert.rejects(client.write(other, 'setMetadata', [id, 'k', '0x']), revertsWith(refused))
    await assert.rejects(client.write(other, 'unsetAgentWallet', [id]), revertsWith(refused))
    await assert.rejects(
      client.write(other, 'setAgentWallet', [id, wallet.address, deadline, signature]),
      revertsWith(refused),
    )
    const unknown = 'ERC721NonexistentToken'
    await assert.rejects(client.write(owner, 'setAgentURI', [UNKNOWN, 'x']), revertsWith(unknown))
    await assert.rejects(client.write(owner, 'setMetadata', [UNKNOWN, 'k', '0x']), revertsWith(unknown))
    await assert.rejects(client.write(owner, 'unsetAgentWallet', [UNKNOWN]), revertsWith(unknown))
    await assert.rejects(
      client.write(owner, 'setAgentWallet', [UNKNOWN, wallet.address, deadline, signature]),
      revertsWith(unknown),
    )
    const transfer = [owner.address, other.address, id] as const
    await assert.rejects(client.write(other, 'transferFrom', transfer), revertsWith('ERC721InsufficientApproval'))
    const wrong = [wallet.address, other.address, id] as const
    await assert.rejects(client.write(owner, 'transferFrom', wrong), revertsWith('ERC721IncorrectOwner'))
  })

  test('behavior: operators and the approved may write, and isAuthorizedOrOwner knows them', async () => {
    const id = await mint()
    const isAuthorized = (who: Address, agentId = id) =>
      client.reader.readContract({ ...client.contract, functionName: 'isAuthorizedOrOwner', args: [who, agentId] })
    assert.deepEqual([await isAuthorized(owner.address), await isAuthorized(other.address)], [true, false])
    await client.write(owner, 'approve', [other.address, id])
    assert.equal(await isAuthorized(other.address), true)
    await client.write(other, 'setAgentURI', [id, 'by-approved'])
    await client.write(owner, 'approve', [zeroAddress, id])
    await client.write(owner, 'setApprovalForAll', [other.address, true])
    assert.equal(await isAuthorized(other.address), true)
    await client.write(other, 'setMetadata', [id, 'k', '0x01'])
    await client.write(owner, 'setApprovalForAll', [other.address, false])
    assert.equal(await isAuthorized(other.address), false)
    await assert.rejects(isAuthorized(owner.address, UNKNOWN), revertsWith('ERC721NonexistentToken'))
  })

  test('behavior: setAgentWallet takes the new wallet’s signature, which can be replayed until its deadline', async () => {
    const id = await mint()
    const deadline = (await now()) + 200n
    const args = [id, wallet.address, deadline, await sign(id, deadline)] as const
    const receipt = await client.write(owner, 'setAgentWallet', args)
    assert.deepEqual(
      eventsOf(receipt).map(([name, event]) => [name, event['metadataKey'], event['metadataValue']]),
      [['MetadataSet', 'agentWallet', wallet.address.toLowerCase()]],
    )
    assert.equal(await read.wallet(id), wallet.address)
    const unset = await client.write(owner, 'unsetAgentWallet', [id])
    assert.deepEqual(
      eventsOf(unset).map(([name, event]) => [name, event['metadataValue']]),
      [['MetadataSet', '0x']],
    )
    assert.equal(await read.wallet(id), zeroAddress)
    assert.equal(await read.metadata(id, 'agentWallet'), '0x')
    await client.write(owner, 'setAgentWallet', args)
    assert.equal(await read.wallet(id), wallet.address)
  })

  test('error: a wallet of zero, a signature of another key, for another id, or garbage', async () => {
    const id = await mint()
    const deadline = (await now()) + 100n
    const set = (to: Address, signature: Hex) => client.write(owner, 'setAgentWallet', [id, to, deadline, signature])
    await assert.rejects(set(zeroAddress, await sign(id, deadline)), revertsWith('bad wallet'))
    const invalid = revertsWith('invalid wallet sig')
    await assert.rejects(set(wallet.address, await sign(id, deadline, other)), invalid)
    await assert.rejects(set(wallet.address, await sign(id + 1n, deadline)), invalid)
    await assert.rejects(set(other.address, await sign(id, deadline)), invalid)
    await assert.rejects(set(wallet.address, '0x'), invalid)
    await assert.rejects(set(wallet.address, `0x${'11'.repeat(65)}`), invalid)
    await assert.rejects(set(chain.registry, await sign(id, deadline)), invalid)
    assert.equal(await read.wallet(id), owner.address)
  })

  test('behavior: the deadline is at most 300 seconds away, by the time of the block', async () => {
    const id = await mint()
    const at = (await now()) + 1_000n
    let blockTime = at
    const send = async (deadline: bigint): Promise<'success' | 'reverted'> => {
      blockTime += 10n
      await control.setNextTimestamp(blockTime)
      const signature = await sign(id, deadline)
      const data = encodeFunctionData({
        abi: REGISTRY_ABI,
        functionName: 'setAgentWallet',
        args: [id, wallet.address, deadline, signature],
      })
      const hash = await control.sendAs({ from: owner.address, to: chain.registry, data, gas: 200_000n })
      return (await client.reader.waitForTransactionReceipt({ hash })).status
    }
    assert.equal(await send(at + 10n + 300n), 'success')
    assert.equal(await send(at + 20n + 301n), 'reverted')
    assert.equal(await send(at + 30n), 'success')
    assert.equal(await send(at + 39n), 'reverted')
    const time = await now()
    const set = async (deadline: bigint) =>
      client.write(owner, 'setAgentWallet', [id, wallet.address, deadline, await sign(id, deadline)])
    await assert.rejects(set(time - 1n), revertsWith('expired'))
    await assert.rejects(set(time + 10_000n), revertsWith('deadline too far'))
  })

  test('behavior: a wallet that is a contract signs by ERC-1271', async () => {
    const id = await mint()
    const abi: Abi = parseAbi(['function approveDigest(bytes32 digest)'])
    const address = await client.deploy(owner, abi, hexOf(contractWallet.bytecode))
    const deadline = (await now()) + 200n
    const set = () => client.write(owner, 'setAgentWallet', [id, address, deadline, '0x'])
    await assert.rejects(set(), revertsWith('invalid wallet sig'))
    const digest = hashTypedData(walletSet(id, address, deadline))
    await control.sendAs({
      from: owner.address,
      to: address,
      data: encodeFunctionData({ abi, functionName: 'approveDigest', args: [digest] }),
    })
    await set()
    assert.equal((await read.wallet(id)).toLowerCase(), address.toLowerCase())
  })

  test('behavior: a transfer clears the wallet first; URI and metadata stay', async () => {
    const id = await mint()
    await client.write(owner, 'setMetadata', [id, 'k', '0x07'])
    const receipt = await client.write(owner, 'safeTransferFrom', [owner.address, other.address, id])
    assert.deepEqual(
      eventsOf(receipt).map(([name, args]) => [name, args['metadataKey'], args['metadataValue']]),
      [
        ['MetadataSet', 'agentWallet', '0x'],
        ['Transfer', undefined, undefined],
      ],
    )
    assert.deepEqual(
      [await read.ownerOf(id), await read.wallet(id), await read.uri(id), await read.metadata(id, 'k')],
      [other.address, zeroAddress, URI, '0x07'],
    )
  })

  test('error: a contract that cannot hold tokens can neither register nor receive', async () => {
    const address: Address = '0x00000000000000000000000000000000000000bb'
    await control.setCode(address, hexOf(rejectingOwner.deployedBytecode))
    await control.setBalance(address, 10n ** 18n)
    const register = { ...client.contract, functionName: 'register', args: [URI], account: address } as const
    await assert.rejects(client.reader.simulateContract(register), revertsWith('ERC721InvalidReceiver'))
    const id = await mint()
    const transfer = [owner.address, address, id] as const
    await assert.rejects(client.write(owner, 'safeTransferFrom', transfer), revertsWith('ERC721InvalidReceiver'))
  })

  test('behavior: a contract that can hold tokens registers', async () => {
    const address: Address = '0x00000000000000000000000000000000000000cc'
    await control.setCode(address, hexOf(contractWallet.deployedBytecode))
    await control.setBalance(address, 10n ** 18n)
    await control.sendAs({ from: address, to: chain.registry, data: '0x1aa3a008' })
    assert.equal(await read.balance(address), 1n)
  })

  // Last, for it begins with an empty registry again.
  test('behavior: gas is that of the deployed registry', async () => {
    await control.revert(pristine)
    const close = async (expected: number, write: Promise<{ readonly gasUsed: bigint }>): Promise<void> => {
      const { gasUsed } = await write
      const ratio = Number(gasUsed) / (expected - PROXY_GAS)
      assert.ok(ratio > 0.9 && ratio < 1.1, `${gasUsed} gas where the deployed registry takes ${expected}`)
    }
    await close(124_000, client.write(owner, 'register', []))
    await close(89_800, client.write(owner, 'register', []))
    await close(160_800, client.write(owner, 'register', [URI]))
    const entry = (bytes: number) => [{ metadataKey: 'key', metadataValue: `0x${'01'.repeat(bytes)}` }] as const
    await close(160_800 + 30_000, client.write(owner, 'register', [URI, entry(16)]))
    await close(160_800 + 52_000, client.write(owner, 'register', [URI, entry(32)]))
    await close(57_000, client.write(owner, 'setMetadata', [0n, 'key', '0x01']))
    await close(37_000, client.write(owner, 'setMetadata', [0n, 'key', '0x01']))
    const deadline = (await now()) + 100n
    await close(50_000, client.write(owner, 'setAgentWallet', [0n, wallet.address, deadline, await sign(0n, deadline)]))
    await close(32_000, client.write(owner, 'unsetAgentWallet', [0n]))
  })
})
