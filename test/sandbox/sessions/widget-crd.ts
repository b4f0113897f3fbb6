import type { JsonObject } from '../../../src/util/json.ts'

const PRICE: JsonObject = {
  type: 'object',
  properties: { perRequest: { type: 'string' }, perMTok: { type: 'string' } },
}

const SPEC: JsonObject = {
  type: 'object',
  required: ['payment'],
  properties: {
    kind: { type: 'string', enum: ['small', 'large'], default: 'small' },
    payment: {
      type: 'object',
      required: ['payTo', 'price'],
      properties: {
        payTo: { type: 'string', pattern: '^0x[0-9a-fA-F]{4}$' },
        price: PRICE,
        timeout: { type: 'integer', format: 'int64', default: 300 },
      },
    },
    count: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number', minimum: 0, exclusiveMinimum: true, multipleOf: 0.5 },
    on: { type: 'boolean' },
    title: { type: 'string', minLength: 2, maxLength: 5 },
    since: { type: 'string', format: 'date-time' },
    note: { type: 'string', nullable: true },
    target: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    tags: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', minLength: 1 } },
    names: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name', 'port'],
        properties: {
          name: { type: 'string' },
          port: { type: 'integer', format: 'int32' },
          protocol: { type: 'string', default: 'TCP' },
        },
      },
    },
    extra: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    upstream: {
      type: 'object',
      properties: { port: { type: 'integer', default: 80 }, path: { type: 'string', default: '/health' } },
    },
  },
}

const STATUS: JsonObject = {
  type: 'object',
  properties: {
    ready: { type: 'boolean' },
    message: { type: 'string' },
    observedGeneration: { type: 'integer', format: 'int64' },
  },
}

/** A CRD that uses every schema feature the sandbox validates; the recorded sessions install it. */
export const WIDGET_CRD: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.example.org' },
  spec: {
    group: 'test.example.org',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget', shortNames: ['wd'] },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: 'Kind', type: 'string', jsonPath: '.spec.kind' },
          { name: 'Price', type: 'string', jsonPath: '.spec.payment.price.perRequest' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A thing for sale.',
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: SPEC,
              status: STATUS,
            },
          },
        },
      },
    ],
  },
}
