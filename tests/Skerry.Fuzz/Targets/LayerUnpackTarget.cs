using System.Text;
using Skerry.Images;
using Skerry.Images.Tar;
using Skerry.Images.Unpacking;
using Skerry.Linux;

namespace Skerry.Fuzz.Targets;

/// <summary>A layer really unpacked: whatever it holds, nothing beside its directory appears or changes. Does nothing without root.</summary>
internal sealed class LayerUnpackTarget : IFuzzTarget
{
    public string Name => "layer-unpack";

    public IReadOnlyList<byte[]> Seeds => TarSeeds.All;

    public IReadOnlyList<byte[]> Words => TarSeeds.Words;

    public int MaxInputBytes => 16 * 1024;

    public void Run(byte[] input)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        string outside = Directory.CreateTempSubdirectory("skerry-fuzz-").FullName;
        try
        {
            Attempt(input, Directory.CreateDirectory(Path.Combine(outside, "layer")).FullName);
            if (Directory.EnumerateFileSystemEntries(outside).Count() != 1)
            {
                throw new InvalidOperationException("something appeared beside the layer");
            }
        }
        finally
        {
            Remove(outside);
        }
    }

    private void Attempt(byte[] input, string directory)
    {
        try
        {
            Unpack(input, directory);
        }
        catch (Exception error) when (IsExpected(error))
        {
            // Refused; what was unpacked before that must not have escaped either.
            return;
        }
    }

    public bool IsExpected(Exception error) => error is ImageException;

    private static void Unpack(byte[] input, string directory)
    {
        using var unpacker = new LayerUnpacker(directory);
        unpacker.Unpack(new TarReader(new MemoryStream(TarSeeds.WithChecksums(input)), TarLimits.Default), CancellationToken.None);
    }

    private static void Remove(string directory)
    {
        using FileDescriptor parent = FileDescriptor.Open(Path.GetDirectoryName(directory)!, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        RawEntries.RemoveTree(parent, Encoding.UTF8.GetBytes(Path.GetFileName(directory)));
    }
}
