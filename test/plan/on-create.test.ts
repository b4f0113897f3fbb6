import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onCreate } from '../../src/plan/on-create.ts'
import { service, serviceOfferCrd } from './factories.ts'

test('default: a new Namespace gets its label, a finalizer and a phase', () => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm' } }
  assert.deepEqual(onCreate(object), {
    ...object,
    metadata: { name: 'llm', labels: { 'kubernetes.io/metadata.name': 'llm' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
})

test('default: a new CRD gets an empty status with the version it is stored in', () => {
  const { status } = onCreate(serviceOfferCrd())
  const acceptedNames = { kind: '', plural: '' }
  assert.deepEqual(status, { acceptedNames, conditions: null, storedVersions: ['v1alpha1'] })
})

test('behavior: other kinds stay as they are', () => {
  const object = service()
  assert.equal(onCreate(object), object)
})
