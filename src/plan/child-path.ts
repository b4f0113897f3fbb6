/** The path of a member or an item, as `showPath` writes it: `spec.payments` + 0 + `price` → `spec.payments[0].price`. */
export function childPath(path: string, child: string | number): string {
  if (typeof child === 'number') return `${path}[${child}]`
  if (!/^[A-Za-z_$][\w$-]*$/.test(child)) return `${path}[${JSON.stringify(child)}]`
  return path === '' ? child : `${path}.${child}`
}
