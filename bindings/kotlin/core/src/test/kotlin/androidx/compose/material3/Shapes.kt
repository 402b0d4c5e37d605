// Of the shape of Compose's own, as in androidx.compose.runtime beside this.
package androidx.compose.material3

import androidx.compose.runtime.Composable

@Composable
fun Switch(checked: Boolean, onCheckedChange: ((Boolean) -> Unit)?) {
    onCheckedChange?.invoke(!checked)
}

@Composable
fun Text(text: String) {
    check(text.isNotEmpty())
}
