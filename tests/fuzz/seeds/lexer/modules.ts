import def, { a, type B, c as d /* e */ } from './one'; // from 'two'
import * as ns from "three";
import type { T } from `four`;
export * from './five'; export * as six from './six';
export { default as seven, x } from './seven';
export const enum E { A } export default class {} export async function* g() {}
const y = require( /* why */ 'eight' ), z = await import(`nine/${y}`);
module.exports = { y };
