namespace Skerry.Config.Keys;

/// <summary>The TOML type a key takes.</summary>
public enum KeyType
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A whole number or a float.</summary>
    Number,

    /// <summary>A string.</summary>
    Text,

    /// <summary>An array of strings.</summary>
    TextList,

    /// <summary>A table.</summary>
    Table,

    /// <summary>An array of tables.</summary>
    TableList,
}
