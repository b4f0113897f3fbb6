import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createCipheriv, scryptSync } from 'node:crypto'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { keccak256, parseTransaction } from 'viem'
import { openSigner } from '../../../src/chain/signers/open-signer.ts'
import { signerAddress } from '../../../src/chain/signers/signer-address.ts'
import { SIGNER_ERRORS } from '../../../src/errors/signer.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { OTHER_TEST_KEY, TEST_ADDRESS, TEST_KEY } from '../../support/test-signer.ts'
import { refusal, TRANSACTION, WALLET_SET, withoutSecrets } from './requests.ts'

const PASSWORD = 'testpassword'
// The vectors of the Web3 Secret Storage specification; both hold the same key. OpenSSL refuses this scrypt (N at r 1).
const VECTOR_KEY = '7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const VECTOR_ADDRESS = '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b'
const SCRYPT = {
  cipher: 'aes-128-ctr',
  cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
  ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
  kdf: 'scrypt',
  kdfparams: {
    dklen: 32,
    n: 262144,
    p: 8,
    r: 1,
    salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
  },
  mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
}
const PBKDF2 = {
  cipher: 'aes-128-ctr',
  cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
  ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
  kdf: 'pbkdf2',
  kdfparams: {
    c: 262144,
    dklen: 32,
    prf: 'hmac-sha256',
    salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
  },
  mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
}

function folderWith(t: TestContext, files: Readonly<Record<string, string>>, mode = 0o600): string {
  const folder = tempFolder(t, files)
  for (const path of Object.keys(files)) chmodSync(join(folder, path), mode)
  return folder
}

const keystoreText = (crypto: unknown, address?: string) =>
  JSON.stringify({ version: 3, id: 'x', crypto, ...(address === undefined ? {} : { address }) })

test('default: a key file signs transactions and typed data, and shows its key nowhere', async (t) => {
  const folder = folderWith(t, { 'keys/owner': `${TEST_KEY}\n` })
  const source = { keyFile: 'keys/owner', address: TEST_ADDRESS }
  const signer = await openSigner(source, { folder, env: {} })
  assert.equal(signer.address, TEST_ADDRESS)
  assert.equal(signer.description, 'key file keys/owner')
  withoutSecrets(signer, [TEST_KEY])
  const { raw, hash } = await signer.signTransaction(TRANSACTION)
  const { nonce = 0, type } = parseTransaction(raw)
  assert.deepEqual({ nonce, type }, { nonce: 0, type: 'eip1559' })
  assert.match(hash, /^0x[0-9a-f]{64}$/)
  assert.match(await signer.signAgentWalletSet(WALLET_SET), /^0x[0-9a-f]{128}1[bc]$/)
  await signer.close()
})

test('behavior: a key file may have no 0x, no line end, mode 0400, or be linked to', async (t) => {
  const folder = folderWith(t, { owner: TEST_KEY.slice(2) }, 0o400)
  symlinkSync('owner', join(folder, 'link'))
  assert.equal(await signerAddress({ keyFile: 'owner' }, { folder, env: {} }), TEST_ADDRESS)
  assert.equal(await signerAddress({ keyFile: 'link' }, { folder, env: {} }), TEST_ADDRESS)
})

test('error: a key file that others may read, or that is none, is refused without its content', async (t) => {
  const open = folderWith(t, { owner: `${TEST_KEY}\n` }, 0o640)
  symlinkSync('owner', join(open, 'link'))
  const closed = folderWith(t, {
    short: TEST_KEY.slice(0, 40),
    two: `${TEST_KEY}\n${TEST_KEY}\n`,
    zero: '0'.repeat(64),
    huge: TEST_KEY.repeat(100),
  })
  execFileSync('mkfifo', ['-m', '600', join(closed, 'pipe')])
  const cases = [
    [open, 'owner'],
    [open, 'link'],
    [open, '.'],
    [closed, 'missing'],
    [closed, 'short'],
    [closed, 'two'],
    [closed, 'zero'],
    [closed, 'huge'],
    [closed, 'pipe'],
  ] as const
  for (const [folder, keyFile] of cases) {
    const opening = openSigner({ keyFile }, { folder, env: {} })
    await assert.rejects(opening, refusal(SIGNER_ERRORS.KEY_FILE.code, [TEST_KEY.slice(0, 40)]), keyFile)
  }
})

test('error: a key of another address, no key, or two keys', async (t) => {
  const folder = folderWith(t, { owner: OTHER_TEST_KEY })
  const ports = { folder, env: {} }
  const wrong = openSigner({ keyFile: 'owner', address: TEST_ADDRESS }, ports)
  await assert.rejects(wrong, refusal(SIGNER_ERRORS.WRONG_KEY.code, [OTHER_TEST_KEY]))
  await assert.rejects(openSigner({ address: TEST_ADDRESS }, ports), refusal(SIGNER_ERRORS.SOURCE.code))
  const two = { keyFile: 'owner', keystore: { file: 'k' } }
  await assert.rejects(openSigner(two, ports), refusal(SIGNER_ERRORS.SOURCE.code))
  await assert.rejects(signerAddress(two, ports), refusal(SIGNER_ERRORS.SOURCE.code))
})

test('default: a keystore is opened with scrypt or pbkdf2, its password from a file or the environment', async (t) => {
  const folder = folderWith(t, {
    scrypt: keystoreText(SCRYPT, VECTOR_ADDRESS.slice(2).toLowerCase()),
    pbkdf2: keystoreText(PBKDF2),
    password: `${PASSWORD}\n`,
  })
  const byFile = { keystore: { file: 'scrypt', passwordFile: 'password' } }
  const signer = await openSigner(byFile, { folder, env: {} })
  assert.equal(signer.address, VECTOR_ADDRESS)
  withoutSecrets(signer, [VECTOR_KEY, PASSWORD])
  const env = { OBOL_KEYSTORE_PASSWORD: PASSWORD }
  assert.equal((await openSigner({ keystore: { file: 'pbkdf2' } }, { folder, env })).address, VECTOR_ADDRESS)
})

test('behavior: scrypt of the size that wallets use goes through OpenSSL', async (t) => {
  const salt = Buffer.alloc(32, 7)
  const derived = scryptSync(PASSWORD, salt, 32, { N: 4096, r: 8, p: 6, maxmem: 64 * 1024 * 1024 })
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), Buffer.alloc(16, 1))
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(TEST_KEY.slice(2), 'hex')), cipher.final()])
  const crypto = {
    ...{ cipher: 'aes-128-ctr', cipherparams: { iv: '01'.repeat(16) }, ciphertext: ciphertext.toString('hex') },
    ...{ kdf: 'scrypt', kdfparams: { dklen: 32, n: 4096, r: 8, p: 6, salt: salt.toString('hex') } },
    mac: keccak256(Buffer.concat([derived.subarray(16), ciphertext])).slice(2),
  }
  const folder = folderWith(t, { light: keystoreText(crypto) })
  const ports = { folder, env: { OBOL_KEYSTORE_PASSWORD: PASSWORD } }
  assert.equal((await openSigner({ keystore: { file: 'light' } }, ports)).address, TEST_ADDRESS)
})

test('behavior: a plan needs the address only: no password, and no file where the workspace says it', async (t) => {
  const folder = folderWith(t, { named: keystoreText(SCRYPT, VECTOR_ADDRESS), nameless: keystoreText(SCRYPT) })
  const ports = { folder, env: {} }
  assert.equal(await signerAddress({ keystore: { file: 'named' } }, ports), VECTOR_ADDRESS)
  assert.equal(await signerAddress({ keyFile: 'missing', address: TEST_ADDRESS }, ports), TEST_ADDRESS)
  assert.equal(await signerAddress({}, ports), undefined)
  const nameless = signerAddress({ keystore: { file: 'nameless' } }, ports)
  await assert.rejects(nameless, refusal(SIGNER_ERRORS.KEYSTORE.code))
})

test('error: a wrong or missing password, and a password file that others may read', async (t) => {
  const folder = folderWith(t, { owner: keystoreText(PBKDF2), password: 'canary-wrong' })
  writeFileSync(join(folder, 'open'), PASSWORD, { mode: 0o644 })
  const open = (passwordFile?: string, env = {}) =>
    openSigner(
      { keystore: { file: 'owner', ...(passwordFile === undefined ? {} : { passwordFile }) } },
      { folder, env },
    )
  await assert.rejects(open('password'), refusal(SIGNER_ERRORS.PASSWORD_WRONG.code, ['canary-wrong', VECTOR_KEY]))
  const wrong = open(undefined, { OBOL_KEYSTORE_PASSWORD: 'canary-env' })
  await assert.rejects(wrong, refusal(SIGNER_ERRORS.PASSWORD_WRONG.code, ['canary-env']))
  await assert.rejects(open(), refusal(SIGNER_ERRORS.PASSWORD_MISSING.code))
  await assert.rejects(open('open'), refusal(SIGNER_ERRORS.SECRET_FILE.code, [PASSWORD]))
})

test('error: a keystore of another kind, one that costs too much, and one that names another address', async (t) => {
  const scrypt = (params: object) => ({ ...SCRYPT, kdfparams: { ...SCRYPT.kdfparams, ...params } })
  const { KEYSTORE, KEYSTORE_COST, WRONG_KEY } = SIGNER_ERRORS
  const cases: readonly (readonly [string, string])[] = [
    ['not json', KEYSTORE.code],
    [JSON.stringify({ version: 1, crypto: SCRYPT }), KEYSTORE.code],
    [keystoreText({ ...SCRYPT, cipher: 'aes-128-cbc' }), KEYSTORE.code],
    [keystoreText({ ...SCRYPT, kdf: 'argon2' }), KEYSTORE.code],
    [keystoreText({ ...SCRYPT, mac: 'zz' }), KEYSTORE.code],
    [keystoreText({ ...SCRYPT, ciphertext: '00' }), KEYSTORE.code],
    [keystoreText(scrypt({ n: 1000 })), KEYSTORE.code],
    [keystoreText(scrypt({ n: 0 })), KEYSTORE.code],
    [keystoreText(scrypt({ dklen: 16 })), KEYSTORE.code],
    [keystoreText(scrypt({ n: 2 ** 40 })), KEYSTORE_COST.code],
    [keystoreText(scrypt({ n: 2, r: 1, p: 2 ** 40 })), KEYSTORE_COST.code],
    [keystoreText(scrypt({ n: 2 ** 19 })), KEYSTORE_COST.code],
    [keystoreText({ ...PBKDF2, kdfparams: { ...PBKDF2.kdfparams, c: 1e9 } }), KEYSTORE_COST.code],
    [keystoreText(PBKDF2, TEST_ADDRESS), WRONG_KEY.code],
  ]
  for (const [text, code] of cases) {
    const folder = folderWith(t, { owner: text })
    const ports = { folder, env: { OBOL_KEYSTORE_PASSWORD: PASSWORD } }
    await assert.rejects(openSigner({ keystore: { file: 'owner' } }, ports), refusal(code, [VECTOR_KEY]), text)
  }
})
