import type { JsonObject } from '../util/json.ts'

export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

const text = { type: 'string' }
const textMap = { type: 'object', additionalProperties: text }

/**
 * ObjectMeta as the API server publishes it, for types built from a CRD alone. Which lists are keyed or sets is what
 * matters to the merge. Source: `/openapi/v3/api/v1` of kube-apiserver 1.37 (unchanged since 1.16).
 */
export const OBJECT_META_COMPONENTS: JsonObject = {
  [OBJECT_META]: {
    type: 'object',
    properties: {
      annotations: textMap,
      creationTimestamp: { type: 'string', format: 'date-time' },
      deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
      deletionTimestamp: { type: 'string', format: 'date-time' },
      finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
      generateName: text,
      generation: { type: 'integer', format: 'int64' },
      labels: textMap,
      managedFields: {
        type: 'array',
        'x-kubernetes-list-type': 'atomic',
        items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      name: text,
      namespace: text,
      ownerReferences: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['uid'],
        items: {
          type: 'object',
          'x-kubernetes-map-type': 'atomic',
          properties: {
            apiVersion: text,
            blockOwnerDeletion: { type: 'boolean' },
            controller: { type: 'boolean' },
            kind: text,
            name: text,
            uid: text,
          },
        },
      },
      resourceVersion: text,
      selfLink: text,
      uid: text,
    },
  },
}
