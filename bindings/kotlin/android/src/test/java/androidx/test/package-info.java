/**
 * Stand-ins for androidx.test:monitor, which Robolectric needs and which is in Google's repository alone.
 *
 * <p>They hold just the types that Robolectric 4.16 names, and do no more than its life cycle of activities and applications needs.
 */
package androidx.test;
