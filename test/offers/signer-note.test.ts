import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signerNote } from '../../src/offers/signer-note.ts'
import { compile, offer, PAY_TO } from './factories.ts'

const SIGNER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const payee = (payTo: string) => ({ offer: 'default/weather', payTo })

test('row 11: the same address gives no note', () => {
  assert.deepEqual(signerNote(PAY_TO, [payee(PAY_TO)]), [])
})

test('row 11: letter case makes no difference', () => {
  assert.deepEqual(signerNote(PAY_TO.toLowerCase(), [payee(PAY_TO.toUpperCase())]), [])
})

test('row 11: white space makes no difference', () => {
  assert.deepEqual(signerNote(` ${PAY_TO}\n`, [payee(`\t${PAY_TO} `)]), [])
})

test('row 11: an empty payTo gives no note', () => {
  for (const empty of ['', '  ']) assert.deepEqual(signerNote(SIGNER, [payee(empty)]), [])
})

test('row 11: an empty signer gives no note', () => {
  for (const empty of ['', '  ', undefined]) assert.deepEqual(signerNote(empty, [payee(PAY_TO)]), [])
})

test('row 11: a mismatch gives a note with both addresses and how to change them', () => {
  const notes = signerNote(` ${SIGNER} `, [payee(` ${PAY_TO}`), { offer: 'llm/aeon', payTo: SIGNER }])
  assert.deepEqual(
    notes.map(({ offer: name }) => name),
    ['default/weather'],
  )
  const message = notes[0]?.message ?? ''
  for (const part of [
    `${SIGNER} `,
    `${PAY_TO} `,
    'allowed',
    'information only',
    'setAgentWallet',
    'spec.payment.payTo',
  ]) {
    assert.ok(message.includes(part), part)
  }
})

test('row 12: a mismatch is never an error', () => {
  const { desired, problems } = compile([offer({ registration: {} }), offer({ registration: {} }, { name: 'second' })])
  assert.deepEqual(problems, [])
  const payees = desired.identities.flatMap((identity) => identity.payees)
  assert.equal(signerNote(SIGNER, payees).length, 2)
  assert.equal(signerNote('no address at all', payees).length, 2)
})
