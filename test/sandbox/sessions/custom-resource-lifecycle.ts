import type { JsonObject } from '../../../src/util/json.ts'
import type { Session, Step } from '../exchange.ts'
import { PAYMENT, WIDGET_CLEANUP, WIDGET_SETUP, WIDGETS, widget } from './widget-steps.ts'

const W = `${WIDGETS}/w`
const LISTS = `${WIDGETS}/lists`
const LISTS_YAML = `apiVersion: test.example.org/v1alpha1
kind: Widget
metadata:
  name: lists
  labels: {a: b}
  finalizers: [test.example.org/hold]
spec:
  payment:
    payTo: "0xabcd"
    price: {perRequest: "1"}
  ports:
  - {name: a, port: 1}
  - {name: b, port: 2}
  names: [x, z]
`
const MERGE = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'
const APPLY = 'application/apply-patch+yaml'

function merge(name: string, body: JsonObject, query = 'fieldManager=m', path = W): Step {
  return { name, method: 'PATCH', path: `${path}?${query}`, contentType: MERGE, body }
}

function json(name: string, body: readonly JsonObject[], query = 'fieldManager=j', path = W): Step {
  return { name, method: 'PATCH', path: `${path}?${query}`, contentType: JSON_PATCH, body }
}

function apply(name: string, body: JsonObject, query = 'fieldManager=obol', path = W): Step {
  return { name, method: 'PATCH', path: `${path}?${query}`, contentType: APPLY, body }
}

const labelled = (name: string, labels: JsonObject): JsonObject =>
  widget(name, { payment: PAYMENT }, { metadata: { name, labels } })

/** One custom resource through every verb that succeeds, with its owners. */
export const CUSTOM_RESOURCE_LIFECYCLE: Session = {
  name: 'custom-resource-lifecycle',
  steps: [
    ...WIDGET_SETUP,
    {
      name: 'create: dry run',
      method: 'POST',
      path: `${WIDGETS}?dryRun=All&fieldManager=c`,
      body: widget('w', { payment: PAYMENT }),
    },
    { name: 'create: dry run stored nothing', method: 'GET', path: W },
    {
      name: 'create',
      method: 'POST',
      path: `${WIDGETS}?fieldManager=c`,
      body: widget('w', {
        payment: PAYMENT,
        zap: 1,
        upstream: {},
        note: null,
        free: { x: [1, { y: null }] },
        title: null,
      }),
    },
    { name: 'get', as: 'reader', method: 'GET', path: W },
    { name: 'list', as: 'reader', method: 'GET', path: WIDGETS },
    { name: 'list: all namespaces', as: 'reader', method: 'GET', path: '/apis/test.example.org/v1alpha1/widgets' },
    { name: 'list: by name', method: 'GET', path: `${WIDGETS}?fieldSelector=metadata.name%3Dw` },
    { name: 'list: by another name', method: 'GET', path: `${WIDGETS}?fieldSelector=metadata.name%3Dx` },
    {
      name: 'list: not by name',
      method: 'GET',
      path: `${WIDGETS}?fieldSelector=metadata.name!%3Dw,metadata.namespace=shop`,
    },
    { name: 'table', method: 'GET', path: W, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    {
      name: 'table of a list',
      method: 'GET',
      path: `${WIDGETS}?limit=500`,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    {
      name: 'partial metadata',
      method: 'GET',
      path: W,
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
    },
    merge('merge patch: nothing', {}),
    merge('merge patch: same value', { spec: { kind: 'small' } }),
    merge('merge patch: label', { metadata: { labels: { a: 'b' } } }),
    merge('merge patch: spec', { spec: { count: 2, upstream: { port: 81 } } }),
    merge('merge patch: dry run', { spec: { count: 3 } }, 'fieldManager=m&dryRun=All'),
    merge('merge patch: remove', { spec: { count: null } }),
    merge('merge patch: null a default', { spec: { kind: null } }),
    merge('merge patch: status is ignored', { status: { ready: true } }),
    merge('merge patch: unknown field', { spec: { zap: 5 } }),
    merge('status: set', { status: { ready: true, observedGeneration: 1, zap: 2 } }, 'fieldManager=ctl', `${W}/status`),
    merge('status: same', { status: { ready: true } }, 'fieldManager=ctl', `${W}/status`),
    merge(
      'status: spec is ignored',
      { spec: { count: 4 }, metadata: { labels: { z: 'y' } } },
      'fieldManager=ctl',
      `${W}/status`,
    ),
    { name: 'status: get', method: 'GET', path: `${W}/status` },
    json('json patch', [
      { op: 'add', path: '/spec/tags', value: ['a'] },
      { op: 'test', path: '/spec/kind', value: 'small' },
    ]),
    json('json patch: nothing', []),
    json('json patch: list item', [{ op: 'add', path: '/spec/tags/-', value: 'b' }]),
    json('json patch: move', [{ op: 'copy', from: '/spec/title', path: '/spec/tags/0' }]),
    apply('apply: co-own', widget('w', { payment: { ...PAYMENT, price: {} } })),
    apply('apply: again', widget('w', { payment: { ...PAYMENT, price: {} } })),
    apply(
      'apply: the other price key beside the old',
      widget('w', { payment: { payTo: '0xabcd', price: { perMTok: '23' } } }),
    ),
    apply('apply: drop it', widget('w', { payment: { payTo: '0xabcd', price: {} } })),
    apply(
      'apply: forced',
      widget('w', { payment: { payTo: '0xabce', price: { perMTok: '23' } } }),
      'fieldManager=obol&force=true',
    ),
    json('transfer', [
      { op: 'test', path: '/metadata/name', value: 'w' },
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [
          {
            manager: 'obol',
            operation: 'Apply',
            apiVersion: 'test.example.org/v1alpha1',
            time: '2026-01-01T00:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: {
              'f:spec': { 'f:payment': { 'f:payTo': {}, 'f:price': { 'f:perMTok': {}, 'f:perRequest': {} } } },
            },
          },
          {
            manager: 'c',
            operation: 'Update',
            apiVersion: 'test.example.org/v1alpha1',
            time: '2026-01-01T00:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:spec': { 'f:payment': { 'f:timeout': {} } } },
          },
        ],
      },
    ]),
    apply('apply: one key after the transfer', widget('w', { payment: { payTo: '0xabce', price: { perMTok: '23' } } })),
    apply(
      'apply: dry run',
      widget('w', { payment: { payTo: '0xabce', price: { perMTok: '24' } } }),
      'fieldManager=obol&dryRun=All',
    ),
    apply('apply: dry run create', widget('w2', { payment: PAYMENT }), 'fieldManager=obol&dryRun=All', `${WIDGETS}/w2`),
    {
      name: 'apply: YAML 1.1 booleans',
      method: 'PATCH',
      path: `${WIDGETS}/y?fieldManager=y`,
      contentType: APPLY,
      body: 'apiVersion: test.example.org/v1alpha1\nkind: Widget\nmetadata:\n  name: "y"\nspec:\n  names: [y]\n',
    },
    { name: 'apply: YAML', method: 'PATCH', path: `${LISTS}?fieldManager=first`, contentType: APPLY, body: LISTS_YAML },
    apply(
      'apply: lists',
      widget(
        'lists',
        { payment: PAYMENT, ports: [{ name: 'c', port: 3 }], names: ['z', 'x'], tags: ['t'], extra: { k: 'v' } },
        { metadata: { name: 'lists' } },
      ),
      'fieldManager=other',
      LISTS,
    ),
    apply(
      'apply: emptied map and list',
      widget('lists', { payment: PAYMENT, extra: {}, ports: [] }, { metadata: { name: 'lists' } }),
      'fieldManager=other',
      LISTS,
    ),
    apply(
      'apply: lists dropped',
      widget('lists', { payment: PAYMENT, names: ['w'] }, { metadata: { name: 'lists' } }),
      'fieldManager=other',
      LISTS,
    ),
    merge('reset managedFields', { metadata: { managedFields: [{}] } }, 'fieldManager=m', LISTS),
    apply(
      'apply: before-first-apply',
      widget('lists', { payment: PAYMENT, count: 3 }, { metadata: { name: 'lists' } }),
      'fieldManager=other',
      LISTS,
    ),
    {
      name: 'delete: wrong uid',
      method: 'DELETE',
      path: LISTS,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } },
    },
    {
      name: 'delete: wrong resourceVersion',
      method: 'DELETE',
      path: LISTS,
      body: { preconditions: { resourceVersion: '1' } },
    },
    { name: 'delete: dry run', method: 'DELETE', path: `${LISTS}?dryRun=All` },
    { name: 'delete: held by a finalizer', method: 'DELETE', path: `${LISTS}?propagationPolicy=Background` },
    { name: 'delete: again', method: 'DELETE', path: LISTS },
    json(
      'add a finalizer while deleting',
      [{ op: 'add', path: '/metadata/finalizers/-', value: 'test.example.org/more' }],
      'fieldManager=j',
      LISTS,
    ),
    json('remove the finalizer', [{ op: 'remove', path: '/metadata/finalizers' }], 'fieldManager=j', LISTS),
    { name: 'gone', method: 'GET', path: LISTS },
    { name: 'l1', method: 'POST', path: WIDGETS, body: labelled('l1', { app: 'a', tier: 'x' }), unrecorded: true },
    { name: 'l2', method: 'POST', path: WIDGETS, body: labelled('l2', { app: 'b' }), unrecorded: true },
    { name: 'l3', method: 'POST', path: WIDGETS, body: labelled('l3', { app: 'a' }), unrecorded: true },
    { name: 'list: label', method: 'GET', path: `${WIDGETS}?labelSelector=app%3Da` },
    { name: 'list: label in', method: 'GET', path: `${WIDGETS}?labelSelector=app+in+(a,b),tier` },
    { name: 'list: label notin', method: 'GET', path: `${WIDGETS}?labelSelector=app+notin+(a)` },
    { name: 'list: no label', method: 'GET', path: `${WIDGETS}?labelSelector=!app` },
    { name: 'list: page', method: 'GET', path: `${WIDGETS}?limit=2` },
    {
      name: 'put: same',
      method: 'PUT',
      path: `${WIDGETS}/l1?fieldManager=p`,
      body: {
        ...labelled('l1', { app: 'a', tier: 'x' }),
        metadata: { name: 'l1', labels: { app: 'a', tier: 'x' }, resourceVersion: '{rv}' },
      },
      unrecorded: true,
    },
    { name: 'delete', method: 'DELETE', path: `${WIDGETS}/l2` },
    { name: 'delete: uid', method: 'DELETE', path: `${WIDGETS}/l2`, body: { preconditions: { uid: 'x' } } },
    { name: 'delete collection', method: 'DELETE', path: `${WIDGETS}?labelSelector=app%3Da`, unrecorded: true },
    { name: 'after', method: 'GET', path: `${WIDGETS}?labelSelector=app` },
    ...WIDGET_CLEANUP,
  ],
}
