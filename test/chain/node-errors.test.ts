import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeErrorResult, parseAbi } from 'viem/utils'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import { classifySend } from '../../src/chain/classify-send.ts'
import { revertReason } from '../../src/chain/revert-reason.ts'
import { OWNER } from './fake-registry.ts'

const SENDS: Readonly<Record<string, readonly string[]>> = {
  accepted: [
    'already known',
    'AlreadyKnown',
    'transaction already imported',
    'known transaction: 0xab',
    'ALREADY_EXISTS: already known',
    'Transaction with the same hash was already imported.',
  ],
  'nonce-spent': [
    'nonce too low',
    'nonce too low: address 0xab, tx: 5 state: 6',
    'Transaction nonce is too low. Try incrementing the nonce.',
    'NONCE_TOO_LOW',
    'OldNonce',
  ],
  underpriced: [
    'replacement transaction underpriced',
    'could not replace existing tx',
    'ReplacementNotAllowed',
    'Transaction gas price is too low. There is another transaction with same nonce in the queue.',
    'max fee per gas less than block base fee',
    'max fee per gas less than block base fee: address 0xf39F, maxFeePerGas: 100000000 baseFee: 100432000',
    'fee cap less than block base fee',
    'transaction underpriced',
    'transaction underpriced: gas tip cap 1, minimum needed 25000000000',
    'FeeTooLow',
    'FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7, MaxPriorityFeePerGas: 1, Block number: 9',
    'FeeTooLowToCompete',
    'gasPrice is less than the current BaseFee',
    'Gas price below configured minimum gas price',
    'GAS_PRICE_TOO_LOW',
    'GAS_PRICE_BELOW_CURRENT_BASE_FEE',
    "Transaction gas price supplied is too low. It does not satisfy your node's minimal gas price (minimal: 9).",
  ],
  refused: [
    'insufficient funds for gas * price + value',
    'max priority fee per gas higher than max fee per gas',
    'maxFeePerGas cannot be lower than maxPriorityFeePerGas',
    'tx fee (1.20 ether) exceeds the configured cap (1.00 ether)',
    'unknown transaction type',
    'intrinsic gas too low',
    'nonce too high',
    'internal error',
  ],
}

for (const [result, texts] of Object.entries(SENDS)) {
  test(`default: what nodes say of a broadcast: ${result}`, () => {
    for (const message of texts) {
      assert.equal(classifySend({ code: -32603, message }, (text) => text).result, result, message)
    }
  })
}

const abi = [...REGISTRY_ABI, ...parseAbi(['error Error(string)', 'error Panic(uint256)'])]

test('default: the reason of a revert, wherever the node puts the bytes', () => {
  const data = encodeErrorResult({ abi, errorName: 'Error', args: ['Not authorized'] })
  for (const at of [data, `Reverted ${data}`, { data }, { originalError: { data } }]) {
    assert.equal(revertReason({ code: -32000, message: 'execution reverted', data: at }), 'Not authorized')
  }
  const overflow = encodeErrorResult({ abi, errorName: 'Panic', args: [0x11n] })
  assert.equal(revertReason({ code: 3, message: '', data: overflow }), 'panic: arithmetic overflow')
  const custom = encodeErrorResult({ abi, errorName: 'ERC721IncorrectOwner', args: [OWNER, 1n, OWNER] })
  assert.equal(revertReason({ code: 3, message: '', data: custom }), `ERC721IncorrectOwner(${OWNER}, 1, ${OWNER})`)
})

test('behavior: a revert without known bytes still has a reason; other errors have none', () => {
  assert.equal(revertReason({ code: 3, message: 'execution reverted', data: '0x' }), 'no reason given')
  assert.equal(revertReason({ code: 3, message: 'execution reverted', data: '0x12345678' }), 'unknown error 0x12345678')
  assert.equal(revertReason({ code: -32000, message: 'execution reverted: bad wallet' }), 'bad wallet')
  assert.equal(revertReason({ code: -32000, message: 'invalid opcode: INVALID' }), 'invalid opcode: INVALID')
  assert.equal(revertReason({ code: -32000, message: 'insufficient funds' }), undefined)
})
