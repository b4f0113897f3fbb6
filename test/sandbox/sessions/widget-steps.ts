import type { JsonObject, JsonValue } from '../../../src/util/json.ts'
import type { Step } from '../exchange.ts'
import { WIDGET_CRD } from './widget-crd.ts'

/** The collection of Widgets in the namespace `shop`. */
export const WIDGETS = '/apis/test.example.org/v1alpha1/namespaces/shop/widgets'

/** Installs the CRD and the namespace that the widget sessions use. */
export const WIDGET_SETUP: readonly Step[] = [
  {
    name: 'ns',
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    unrecorded: true,
  },
  {
    name: 'crd',
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    body: WIDGET_CRD,
    unrecorded: true,
  },
  { name: 'served', method: 'GET', path: WIDGETS, until: 200, unrecorded: true },
]

/** Takes away what `WIDGET_SETUP` and the session made, so that sessions can share a server. */
export const WIDGET_CLEANUP: readonly Step[] = [
  {
    name: 'crd gone',
    method: 'DELETE',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.example.org',
    unrecorded: true,
  },
  {
    name: 'not served',
    method: 'GET',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.example.org',
    until: 404,
    unrecorded: true,
  },
]

/** A Widget of the namespace `shop`. */
export function widget(name: string, spec: JsonValue, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'test.example.org/v1alpha1',
    kind: 'Widget',
    metadata: { name, namespace: 'shop' },
    spec,
    ...more,
  }
}

/** The least a Widget must have. */
export const PAYMENT: JsonObject = { payTo: '0xabcd', price: { perRequest: '1' } }
