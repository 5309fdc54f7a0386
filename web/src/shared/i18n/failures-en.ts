/** A code of docs/spec/errors.md, or of the page itself: what happened, and what to do. */

import type { ErrorCode } from '../../../../src/console/api/common.ts';
import type { PageCode } from '../api.ts';

export type FailureWords = { readonly title: string; readonly advice: string };
export type FailureTexts = Readonly<Record<ErrorCode | PageCode, FailureWords>>;

export const failuresEn: FailureTexts = {
  'no-answer': {
    title: 'The program does not answer',
    advice: 'It may have been stopped. Start it again; then try once more.',
  },
  'not-signed-in': {
    title: 'This browser is not signed in',
    advice: 'Sign in again; what is at work goes on meanwhile.',
  },
  usage: { title: 'Something in the form is not right', advice: 'Correct it and try again.' },
  'not-allowed': {
    title: 'The hub does not allow this',
    advice: 'Ask whoever looks after the hub for the right to do it.',
  },
  'not-trusted': {
    title: 'The other side could not prove who it is',
    advice: 'Ask for a new invitation and log in with it.',
  },
  'invitation-expired': {
    title: 'The invitation was not used in time',
    advice: 'Ask for a new one.',
  },
  'invitation-used': { title: 'The invitation was used already', advice: 'Ask for a new one.' },
  'hub-in-use': {
    title: 'Another hub runs on the same folder',
    advice: 'Stop it, or choose another folder.',
  },
  'port-taken': {
    title: 'Another program uses this port',
    advice: 'Choose another port, or stop that program.',
  },
  'dir-unwritable': {
    title: 'The folder can’t be written',
    advice: 'Choose another folder, or change its permissions.',
  },
  'disk-full': {
    title: 'No space is left on the disk',
    advice: 'Make room and begin again: it goes on from where it was.',
  },
  'missing-chunk': {
    title: 'A piece of the data is nowhere to be found',
    advice: 'Back the folder up again: what is missing is sent anew.',
  },
  'damaged-chunk': {
    title: 'A piece of the data is damaged',
    advice: 'Back the folder up again: what is damaged is sent anew.',
  },
  'damaged-catalog': {
    title: 'The hub’s catalog can’t be read',
    advice: 'Move it out of the way and start the hub: it is made again from the vault.',
  },
  'damaged-state': {
    title: 'What was remembered of the last run is damaged',
    advice: 'Nothing is lost: everything is read again.',
  },
  'wrong-receipt': {
    title: 'A receipt is not signed for its copy',
    advice: 'Verify at that destination what it holds.',
  },
  unreadable: {
    title: 'Something could not be read',
    advice: 'Check its permissions; the rest was taken.',
  },
  'changed-while-read': {
    title: 'A file kept changing while it was read',
    advice: 'What was read last was taken. Begin again when it is at rest.',
  },
  protocol: {
    title: 'The other side said something wrong',
    advice: 'Check that both run the same version of rbbackup.',
  },
  'too-large': { title: 'Something is too large', advice: 'Leave it out and try again.' },
  'name-refused': {
    title: 'A name can’t exist here and was refused',
    advice: 'Give it another name and try again.',
  },
  'in-the-way': {
    title: 'Something else is in the way',
    advice: 'It was left untouched. Move it away, or choose another folder.',
  },
  differs: {
    title: 'What is on the disk is not what was recorded',
    advice: 'Verify it while the hub can be reached: that mends it.',
  },
  'connection-lost': {
    title: 'The connection failed',
    advice: 'Check the address and that the hub is running; then try again.',
  },
  timeout: {
    title: 'The other side did not answer in time',
    advice: 'Check the address, the port and the network; then try again.',
  },
  'too-few-copies': {
    title: 'Fewer copies than asked were verified',
    advice: 'The snapshot is safe at the hub. Copies catch up when their machines connect.',
  },
  interrupted: { title: 'It was stopped', advice: 'Begin again: it goes on from where it was.' },
  'not-found': { title: 'It was not found', advice: 'It may have been removed meanwhile.' },
  ambiguous: { title: 'The name fits more than one thing', advice: 'Give more of it.' },
  unsupported: {
    title: 'This system or this version can’t do that',
    advice: 'Use the newest version on both sides.',
  },
  'wrong-password': { title: 'The password is wrong', advice: 'Try again.' },
  'too-many-tries': {
    title: 'Too many wrong passwords',
    advice: 'Wait a while before the next try.',
  },
  busy: {
    title: 'Something else is being done to it',
    advice: 'Wait until that has ended, and try again.',
  },
  'held-back': {
    title: 'It is held back',
    advice: 'It would change or delete very much. Look at it, and release it if that is right.',
  },
  'limit-reached': {
    title: 'A limit of the hub is reached',
    advice: 'Whoever looks after the hub can raise it.',
  },
  internal: {
    title: 'A fault in rbbackup itself',
    advice: 'Try again; if it stays, please report it.',
  },
};
