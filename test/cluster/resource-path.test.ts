import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectionPath, objectPath } from '../../src/cluster/resource-path.ts'

const MAPS = { apiVersion: 'v1', plural: 'configmaps', namespace: 'a' }
const OFFERS = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: 'llm' }

test('default: the paths of a collection, an object and its status', () => {
  assert.equal(collectionPath(MAPS), '/api/v1/namespaces/a/configmaps')
  assert.equal(objectPath(MAPS, 'x/y'), '/api/v1/namespaces/a/configmaps/x%2Fy')
  const path = '/apis/obol.org/v1alpha1/namespaces/llm/serviceoffers'
  assert.equal(objectPath({ ...OFFERS, subresource: 'status' }, 'aeon'), `${path}/aeon/status`)
  assert.equal(collectionPath({ ...OFFERS, subresource: 'status' }), path)
})
